/* Types and small functions that the files of the kernel share.
 *
 * The kernel does what the NumPy engine does, in one pass over a batch, with the same results. A batch is cut into
 * chunks of texts. The steps for a chunk are those of the engine: words.c (scan.py, words.py), protect.c
 * (text/protection.py), match.c (hashing.py, matching.py), draw.c (draws.py, plan.py), splice.c (spacing.py,
 * splicing.py, case in switching.py). texts.c reads and makes Python strings; module.c has the functions for Python.
 * The Python files explain the algorithms; comments here explain what is different in C.
 */
#ifndef LEXSWITCH_KERNEL_H
#define LEXSWITCH_KERNEL_H

#define Py_LIMITED_API 0x030A0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A product is not fused with a sum, so that draws by weight are the same on every processor. */
#if defined(__clang__) || defined(_MSC_VER)
#pragma STDC FP_CONTRACT OFF
#endif

/* Increase it here and in kernel.py when the numbers change that the functions take or return. */
#define INTERFACE 5

#if defined(__GNUC__) || defined(__clang__)
#define PREFETCH(address) __builtin_prefetch((const void *)(address))
#define TRAILING_ZEROS(value) __builtin_ctzll(value)
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#elif defined(_MSC_VER)
#include <intrin.h>
#define PREFETCH(address) ((void)(address))
static inline int TRAILING_ZEROS(uint64_t value)
{
    unsigned long position;
    _BitScanForward64(&position, value);
    return (int)position;
}
#define LIKELY(condition) (condition)
#define UNLIKELY(condition) (condition)
#else
#error "this compiler is not supported"
#endif

#define GAMMA 0x9E3779B97F4A7C15u
#define CHUNK_FACTOR 0xD6E8FEB86659FD93u
#define PER_WORD 3 /* outputs of SplitMix64 per word: switch or not, language, candidate */
enum { SWITCH_OUTPUT = 1, LANGUAGE_OUTPUT = 2, CANDIDATE_OUTPUT = 3 };

/* Flags of a word in its table, as in vocabulary.py. */
enum { ALONE = 1, BEGINS = 2, FOLLOWS = 4, LONG = 8, AS_BASE = 16, BASED = 32, FLAG_BITS = 6 };
enum { SELECTED = ALONE | AS_BASE };
enum { LENGTH_BITS = 24 }; /* of a place in a buffer, as in vocabulary.py */
enum { GROUP_BITS = 5 };   /* of the number of groups, as in indexing.py */

/* Classes and flags of characters, as in characters.py. */
enum { OTHER, SPACE, HYPHEN, IGNORED, INNER, WORD, UNSPACED, MARK };
enum { CLASS = 7, ODD = 8, UPPER = 16, LOWER = 32, UNKNOWN = 64, UNSPACED_SCRIPT = 128, COMBINING_SHIFT = 8 };
#define ZERO_WIDTH_SPACE 0x200B

#define LARGEST (1 << 28) /* bytes of a text; the NumPy engine switches larger ones */
#define EDGE 64 /* zero bytes before the first and after the last text of a chunk, so that blocks may be read there */

/* Why a step failed. */
typedef enum {
    OK,
    NO_MEMORY,
    DAMAGED,     /* an index of the lexicon points outside its array */
    BAD_WORDS,   /* the words of a tokenizer are not sorted, or not within texts */
    UNSUITABLE,  /* the NumPy engine must handle this input, or report what is wrong with it */
    PYTHON_ERROR /* a Python exception is set */
} Status;

/* Properties of characters by code point, from characters.py. */
typedef struct {
    const int32_t *fold, *title, *flags;
} Characters;

/* A hash table, as in hashing.py: key and item of each slot side by side. */
typedef struct {
    const uint64_t *slots;
    int shift;
    uint64_t last;
} Table;

/* Ascending numbers, which may be mapped from a file. */
typedef struct {
    const void *items;
    int64_t count;
    bool is_wide; /* int64 instead of int32 */
} Numbers;

static inline int64_t number_at(const Numbers *numbers, int64_t at)
{
    return numbers->is_wide ? ((const int64_t *)numbers->items)[at] : ((const int32_t *)numbers->items)[at];
}

/* Where a number is, for PREFETCH. */
static inline const void *place_of(const Numbers *numbers, int64_t at)
{
    return (const void *)((uintptr_t)numbers->items + ((uint64_t)at << (numbers->is_wide ? 3 : 2)));
}

/* Ranges of items, with their running weights or NULL, as in plan.py. */
typedef struct {
    Numbers starts;
    int64_t gap;
    const double *weights;
    int64_t items;
} Ranges;

/* Reads the first item and the size of a range; false if it is damaged. */
static inline bool bounds(const Ranges *ranges, int64_t number, int64_t *first, int64_t *size)
{
    if (UNLIKELY(number < 0 || number + 1 >= ranges->starts.count))
        return false;
    int64_t next = number_at(&ranges->starts, number + 1);
    *first = number_at(&ranges->starts, number);
    if (UNLIKELY(*first < 0 || next <= *first || next - ranges->gap > ranges->items))
        return false;
    *size = next - *first - ranges->gap;
    return LIKELY(*size > 0);
}

/* Transitions between neighbouring units of a text, as in stretches.py. */
typedef struct {
    bool is_used;
    double p, stay, enter;
} Chain;

/* The plan of a switcher, as in plan.py. All arrays belong to Python. */
typedef struct {
    Table words;
    uint64_t salt;
    int64_t longest;
    int64_t first_form;      /* numbers: words of terms from 1, forms from first_form */
    uint32_t greatest_value; /* of a word in its table: its number and flags */
    const uint64_t *records; /* of each number: its first eight bytes, and its place in a buffer */
    const uint8_t *flags;    /* of each number, instead of those of the table; NULL if all terms are selected */
    const uint8_t *buffers[2];
    int64_t buffer_sizes[2];
    const int32_t *bases; /* NULL if there are no forms */
    Table edges;
    const uint64_t *filter;
    uint64_t filter_last;
    int64_t longest_phrase;
    const int32_t *terms; /* row of the term that ends at each node, or -1 */
    int64_t nodes;
    bool is_whole;   /* all terms are selected */
    bool has_groups; /* all groups are enabled, so those in the tables are valid */
    const uint64_t *places; /* of the first candidate of each group, as in indexing.py; NULL if there are none */
    Ranges groups, candidates, translations;
    Numbers group_numbers;     /* group at each position of `groups`; none if they are the positions */
    const uint16_t *languages_of; /* of each group, in the lexicon */
    int64_t group_count;
    const int64_t *enabled;    /* position of each language of the lexicon in the enabled ones */
    int64_t enabled_count, languages;
    const double *language_weights; /* NULL unless a unit without a translation keeps its text */
    const uint64_t *limits;         /* of the draws that switch, one per language, less one; see draw.c */
    bool one_limit, never;
    uint64_t highest_limit;
    Chain chain;
    bool first_candidate, match_case, is_counted;
    const uint8_t *dotless; /* of each language of the lexicon: whether the capital of i has a dot; NULL if of none */
    bool has_pronoun_i; /* the texts are English, whose "I" is always a capital */
    const uint8_t *text;
    int64_t text_size;
} Plan;

/* PyUnicode_FromKindAndData: a string of `count` characters of `kind` bytes. Public, but not in the stable ABI. */
typedef PyObject *(*StringMaker)(int kind, const void *characters, Py_ssize_t count);

/* Everything that stays the same between batches. */
typedef struct {
    Plan *plans;
    int64_t plan_count;
    const double *text_languages; /* running weights; NULL if the draws are per unit */
    Characters characters;
    bool protects, has_dotless_i;
    bool splits_characters; /* each letter of a script without spaces is a word */
    PyObject *normalise;      /* bytes of an odd word -> bytes of its normal form */
    PyObject *find_protected; /* text -> byte offsets of protected spans */
    int64_t checked_words;    /* batches of at least this number of words report how many are in units */
    StringMaker make_string;  /* NULL if Python does not show it */
    uint64_t seed;
    struct Scratch *spare;    /* the buffers of the last batch */
} Switcher;

/* A word. It fits into half a line of the cache, so a text is at most LARGEST bytes long. */
typedef struct {
    int32_t start, end; /* byte offsets in Scratch.text */
    int32_t norm;       /* normal form in Scratch.norms; -1 if it is the text in lower case */
    uint32_t length : 29, joined : 1, is_odd : 1;
    uint32_t may_inflect : 1; /* a phrase may begin here in which one of the first two words is inflected */
    union {
        uint64_t key; /* until the word is looked up */
        struct {
            int32_t value;
            uint32_t groups; /* of the term that the word is; see indexing.py */
        };
    };
    uint64_t pair; /* item of the edge from this word to the next, in the exact forms of both; 0 if there is none */
} Word;

typedef struct {
    int64_t start, end; /* byte offsets in Scratch.text */
    int64_t first_word, last_word, first_switch, last_switch;
    int64_t result_start, result_end; /* byte offsets in Scratch.result */
    uint64_t stream;
    const Plan *plan;
    bool is_ascii, has_sign;
} Row;

typedef struct {
    int64_t start, end;
} Span;

/* A unit that is drawn. It fills a line of the cache. Numbers of pairs have 32 bits; see `make_plan` in module.c. */
typedef struct {
    uint64_t state;
    int64_t offset;     /* of the translation */
    int64_t start, end; /* byte offsets in Scratch.result, with added spaces */
    int32_t first_word, last_word; /* the last word is part of the unit */
    int32_t node;
    union {
        uint32_t groups; /* of the term, see indexing.py; 0 if they must be looked up */
        int32_t group;   /* the chosen one */
    };
    int32_t candidate; /* -1 is the first one of the group */
    uint32_t length;
    bool begins;        /* whether a stretch begins; see stretches.py */
    bool before, after; /* whether a space is added */
} Switch;

/* A growing array of T is a pointer with a count and a capacity. */
#define ARRAY(T) \
    struct { \
        T *items; \
        int64_t count, capacity; \
    }

/* The buffers for a chunk of texts; they are kept for the next chunk. */
typedef struct Scratch {
    ARRAY(uint8_t) text;
    ARRAY(uint8_t) norms;
    ARRAY(uint8_t) result;
    ARRAY(uint16_t) characters; /* of a text that is made; see texts.c */
    ARRAY(Row) rows;
    ARRAY(Word) words;
    ARRAY(Span) spans; /* protected, in text order */
    ARRAY(Switch) switches;
    ARRAY(int32_t) pairs;     /* words that may begin a phrase; see match.c */
    ARRAY(int32_t) inflected; /* the same with an inflected word */
    ARRAY(int64_t) nodes;     /* paths through a phrase; see match.c */
    const uint8_t *norm_base; /* buffer that Word.norm points into */
    bool has_odd;
    int64_t word_count, covered; /* of the batch so far */
} Scratch;

bool grow(void *items, int64_t *capacity, size_t item, int64_t count);
/* Makes room for `more` further items; false if there is no memory. */
#define RESERVE(array, more) \
    ((array).count + (more) <= (array).capacity || \
     grow(&(array).items, &(array).capacity, sizeof *(array).items, (array).count + (more)))

/* words.c */
Status find_words(const Switcher *switcher, Scratch *scratch);
Status normalise_odd_words(const Switcher *switcher, Scratch *scratch);
/* protect.c */
Status find_protected_spans(const Switcher *switcher, Scratch *scratch);
void apply_protection(Scratch *scratch);
/* match.c */
Status match_and_draw(Scratch *scratch);
/* draw.c */
uint64_t text_key(const uint8_t *text, int64_t length);
uint64_t start_of_stream(uint64_t key, uint64_t seed);
int64_t draw_by_weight(const double *sums, int64_t count, double uniform);
int64_t first_candidate(const Plan *plan, int64_t group);
Status choose_candidates(Scratch *scratch);
/* splice.c */
Status splice_texts(const Switcher *switcher, Scratch *scratch);
/* texts.c */
Status read_text(Scratch *scratch, PyObject *text);
Status add_bytes(Scratch *scratch, const uint8_t *text, int64_t length);
PyObject *make_text(const Switcher *switcher, Scratch *scratch, const Row *row);

static inline uint64_t load8(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

static inline uint64_t keep_bytes(uint64_t value, int64_t count)
{
    static const uint64_t masks[] = {0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF,
                                     0xFFFFFFFFFFFFFF, UINT64_MAX};
    return value & masks[count < 8 ? count : 8];
}

static inline uint64_t mix(uint64_t value)
{
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
}

/* Output number `output` after a state of SplitMix64, as a draw in [0, 1) with 53 bits. */
static inline double uniform(uint64_t state, int output)
{
    return (double)(mix(state + (uint64_t)output * GAMMA) >> 11) * 0x1p-53;
}

/* The lower-case letters of eight ASCII bytes. SWAR: adding to each byte carries into its highest bit, which is 0 in
 * ASCII: it becomes 1 in the first sum from "A" on, and in the second sum after "Z". */
static inline uint64_t fold8(uint64_t value)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t from_a = value + ones * (0x80 - 'A'), after_z = value + ones * (0x80 - 'Z' - 1);
    return value | (from_a & ~after_z & 0x80 * ones) >> 2;
}

static inline uint64_t chunk_of(const uint8_t *at, bool fold, int64_t count)
{
    uint64_t value = keep_bytes(load8(at), count);
    return fold ? fold8(value) : value;
}

static inline int width_of(uint8_t lead)
{
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* The code point of the character at `at`, valid UTF-8. */
static inline uint32_t decode(const uint8_t *at)
{
    uint32_t lead = at[0];
    if (lead < 0x80)
        return lead;
    if (lead < 0xE0)
        return (lead & 0x1F) << 6 | (at[1] & 0x3F);
    if (lead < 0xF0)
        return (lead & 0x0F) << 12 | (uint32_t)(at[1] & 0x3F) << 6 | (at[2] & 0x3F);
    return ((lead & 0x07) << 18 | (uint32_t)(at[1] & 0x3F) << 12 | (uint32_t)(at[2] & 0x3F) << 6 | (at[3] & 0x3F)) &
           0x1FFFFF;
}

/* Writes a character of `width` bytes. */
static inline void encode(uint8_t *at, uint32_t code, int width)
{
    static const uint8_t prefixes[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (int byte = width - 1; byte > 0; byte--) {
        at[byte] = (uint8_t)((code & 0x3F) | 0x80);
        code >>= 6;
    }
    at[0] = width == 1 ? (uint8_t)code : (uint8_t)(code | prefixes[width]);
}

static inline int32_t flags_at(const Characters *characters, const uint8_t *at)
{
    uint32_t code = at[0] < 0xC0 ? at[0] : decode(at);
    return code < 0x110000 ? characters->flags[code] : 0;
}

#endif
