/* The words of a chunk: runs of letters, marks and digits, their normal forms, and which of them may form a phrase. */
#include "kernel.h"

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#endif

/* Bits of 64 bytes of ASCII text. */
typedef struct {
    uint64_t letters, apostrophes; /* letters and digits */
} Bits;

#if defined(__SSE2__) || defined(_M_X64)
/* Whether each byte is from `low` to `low` + `count` - 1. SSE2 compares signed bytes, so the range is moved to -128. */
static inline __m128i in_range(__m128i bytes, char low, int count)
{
    __m128i moved = _mm_sub_epi8(bytes, _mm_set1_epi8((char)(low - 128)));
    return _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(count - 128)));
}

static inline Bits classify(const uint8_t *at)
{
    Bits bits = {0, 0};
    for (int block = 0; block < 4; block++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(at + 16 * block));
        __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
        __m128i letters = _mm_or_si128(in_range(lower, 'a', 26), in_range(bytes, '0', 10));
        __m128i apostrophes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\''));
        bits.letters |= (uint64_t)(uint32_t)_mm_movemask_epi8(letters) << 16 * block;
        bits.apostrophes |= (uint64_t)(uint32_t)_mm_movemask_epi8(apostrophes) << 16 * block;
    }
    return bits;
}
#else
static inline Bits classify(const uint8_t *at)
{
    Bits bits = {0, 0};
    for (int byte = 0; byte < 64; byte++) {
        uint8_t lower = at[byte] | 0x20;
        uint64_t is_letter = (uint8_t)(lower - 'a') < 26 || (uint8_t)(at[byte] - '0') < 10;
        bits.letters |= is_letter << byte;
        bits.apostrophes |= (uint64_t)(at[byte] == '\'') << byte;
    }
    return bits;
}
#endif

static inline bool is_ascii_space(uint8_t byte)
{
    return byte == ' ' || (byte >= 0x09 && byte <= 0x0D) || (byte >= 0x1C && byte <= 0x1F);
}

static int class_at(const Characters *characters, const uint8_t *at)
{
    if (at[0] < 0x80) {
        uint8_t lower = at[0] | 0x20;
        bool is_letter = (uint8_t)(lower - 'a') < 26 || (uint8_t)(at[0] - '0') < 10;
        return is_letter ? WORD : is_ascii_space(at[0]) ? SPACE : at[0] == '-' ? HYPHEN : at[0] == '\'' ? INNER : OTHER;
    }
    return flags_at(characters, at) & CLASS;
}

/* Whether a phrase may go over a gap: it is empty, one hyphen, or white space and invisible characters. */
static bool joins_wide(const Characters *characters, const uint8_t *text, int64_t start, int64_t end)
{
    if (end - start == 1)
        return is_ascii_space(text[start]) || text[start] == '-';
    for (int64_t at = start; at < end; at += width_of(text[at])) {
        int class = class_at(characters, text + at);
        if (class == HYPHEN)
            return at == start && at + width_of(text[at]) == end;
        if (class != SPACE && class != IGNORED)
            return false;
    }
    return true;
}

static inline bool joins(const Characters *characters, const uint8_t *text, int64_t start, int64_t end)
{
    return LIKELY(end - start == 1 && text[start] == ' ') || joins_wide(characters, text, start, end);
}

/* Appends a word, for which there is room, and joins the word before it in the row. */
static inline Word *add_word(const Switcher *switcher, Scratch *scratch, const Row *row, int64_t start, int64_t end)
{
    Word *word = scratch->words.items + scratch->words.count;
    if (scratch->words.count > row->first_word)
        word[-1].joined = joins(&switcher->characters, scratch->text.items, word[-1].end, start);
    *word = (Word){
        .start = (int32_t)start, .end = (int32_t)end, .norm = -1, .length = (uint32_t)(end - start)};
    scratch->words.count++;
    return word;
}

/* Finds the words of an ASCII text, 64 bytes at a time: a word begins or ends where a bit differs from the one before.
 * At most half of the bytes begin a word, so there is room for 33 words per block. */
static Status find_ascii_words(const Switcher *switcher, Scratch *scratch, const Row *row)
{
    const uint8_t *text = scratch->text.items;
    Bits bits = classify(text + row->start);
    uint64_t carry = 0, letter_before = 0; /* the bits before the block: inside a word, and a letter */
    int64_t begun = 0;
    for (int64_t block = row->start; block < row->end; block += 64) {
        int64_t rest = row->end - block;
        Bits next = {0, 0};
        if (rest > 64)
            next = classify(text + block + 64);
        else if (rest < 64)
            bits.letters &= ((uint64_t)1 << rest) - 1;
        uint64_t between = (bits.letters << 1 | letter_before) & (bits.letters >> 1 | next.letters << 63);
        uint64_t inside = bits.letters | (bits.apostrophes & between);
        uint64_t before = inside << 1 | carry, starts = inside & ~before, ends = before & ~inside;
        if (!RESERVE(scratch->words, 34))
            return NO_MEMORY;
        if (carry && ends) {
            add_word(switcher, scratch, row, begun, block + TRAILING_ZEROS(ends));
            ends &= ends - 1;
        }
        for (; ends; starts &= starts - 1, ends &= ends - 1)
            add_word(switcher, scratch, row, block + TRAILING_ZEROS(starts), block + TRAILING_ZEROS(ends));
        if (starts)
            begun = block + TRAILING_ZEROS(starts);
        carry = inside >> 63;
        letter_before = bits.letters >> 63;
        bits = next;
    }
    if (carry)
        add_word(switcher, scratch, row, begun, row->end);
    return OK;
}

/* Whether the character at `at`, of class INNER or IGNORED, is part of the word that ends there. */
static bool is_inner(const Characters *characters, const uint8_t *text, int64_t at, int64_t before, int width)
{
    if (class_at(characters, text + before) < WORD || class_at(characters, text + at + width) < WORD)
        return false;
    if (text[at] < 0x80 || decode(text + at) != ZERO_WIDTH_SPACE)
        return true;
    /* Next to a script without spaces, a zero-width space separates words. */
    int32_t beside = flags_at(characters, text + before) | flags_at(characters, text + at + width);
    return !(beside & UNSPACED_SCRIPT);
}

/* Appends the normal form of the character at `at` to Scratch.norms; returns whether the character is odd. */
static bool add_normal_form(const Switcher *switcher, Scratch *scratch, int64_t at, int64_t before, int width)
{
    const Characters *characters = &switcher->characters;
    const uint8_t *from = scratch->text.items + at;
    uint8_t *to = scratch->norms.items + scratch->norms.count;
    scratch->norms.count += width;
    if (width == 1) {
        *to = (uint8_t)(from[0] - 'A') < 26 ? from[0] | 0x20 : from[0];
        return switcher->has_dotless_i && from[0] == 'I';
    }
    uint32_t code = decode(from);
    int32_t flags = characters->flags[code];
    if (code == 0x2019 && (flags & CLASS) == INNER) { /* the commonest odd character needs no help */
        *to = '\'';
        scratch->norms.count += 1 - width;
        return false;
    }
    encode(to, code + (uint32_t)characters->fold[code], width);
    int combining = flags >> COMBINING_SHIFT;
    bool in_disorder = combining > 0 && scratch->text.items[before] >= 0x80 &&
                       flags_at(characters, scratch->text.items + before) >> COMBINING_SHIFT > combining;
    return flags & ODD || in_disorder;
}

/* A word that is being read, character by character. */
typedef struct {
    Word *word;         /* NULL between words */
    Word without_inner; /* the word without its last character, if that is an inner one */
    int last_class;     /* of the last character, ... */
    int base_class;     /* ... and of the last one that is neither a mark nor an inner character */
} Reader;

/* Whether the default tokenizer's word ends before a character, for a tokenizer that splits scripts without spaces. */
static bool splits(const Reader *reader, int class)
{
    return class == UNSPACED || (class == WORD && reader->base_class == UNSPACED);
}

/* Ends the word that is being read. An apostrophe between two words is in neither. */
static void end_word(Reader *reader)
{
    if (reader->last_class == INNER || reader->last_class == IGNORED)
        *reader->word = reader->without_inner;
    reader->word = NULL;
}

/* Adds a character to the word that is being read, or begins one. */
static Status read_character(const Switcher *switcher, Scratch *scratch, const Row *row, Reader *reader, int64_t at,
                             int64_t before, int width, int class)
{
    bool begins = reader->word == NULL, is_inner = class == INNER || class == IGNORED;
    if (begins) {
        if (!RESERVE(scratch->words, 1))
            return NO_MEMORY;
        reader->word = add_word(switcher, scratch, row, at, at);
        reader->word->norm = (int32_t)scratch->norms.count;
    }
    Word *word = reader->word;
    if (is_inner)
        reader->without_inner = *word;
    word->is_odd |= add_normal_form(switcher, scratch, at, before, width);
    scratch->has_odd |= word->is_odd;
    word->end = (int32_t)(at + width);
    word->length = (uint32_t)(scratch->norms.count - word->norm);
    if (begins || !(class == MARK || is_inner))
        reader->base_class = class;
    reader->last_class = class;
    return OK;
}

/* Finds the words of a text character by character. */
static Status find_wide_words(const Switcher *switcher, Scratch *scratch, const Row *row)
{
    const Characters *characters = &switcher->characters;
    const uint8_t *text = scratch->text.items;
    int64_t before = row->start - 1; /* the last character */
    Reader reader = {.word = NULL};
    if (!RESERVE(scratch->norms, row->end - row->start + 8)) /* a normal form is never wider here */
        return NO_MEMORY;
    for (int64_t at = row->start; at < row->end;) {
        int width = width_of(text[at]), class = class_at(characters, text + at);
        bool inside = class >= WORD || ((class == INNER || (class == IGNORED && width > 1)) &&
                                        is_inner(characters, text, at, before, width));
        if (switcher->splits_characters && inside && reader.word != NULL && splits(&reader, class))
            end_word(&reader);
        if (!inside)
            reader.word = NULL;
        else if (read_character(switcher, scratch, row, &reader, at, before, width, class) != OK)
            return NO_MEMORY;
        before = at;
        at += width;
    }
    return OK;
}

/* Finds the words of all rows of a chunk. */
Status find_words(const Switcher *switcher, Scratch *scratch)
{
    scratch->norms.count = 0;
    scratch->has_odd = false;
    for (int64_t number = 0; number < scratch->rows.count; number++) {
        Row *row = scratch->rows.items + number;
        row->first_word = scratch->words.count;
        bool is_plain = row->is_ascii && !switcher->has_dotless_i;
        Status status = (is_plain ? find_ascii_words : find_wide_words)(switcher, scratch, row);
        if (status != OK)
            return status;
        row->last_word = scratch->words.count;
    }
    if (!RESERVE(scratch->norms, 8))
        return NO_MEMORY;
    memset(scratch->norms.items + scratch->norms.count, 0, 8);
    scratch->norm_base = scratch->norms.items;
    return OK;
}

/* Asks Python for the normal forms of odd words. */
Status normalise_odd_words(const Switcher *switcher, Scratch *scratch)
{
    for (int64_t number = 0; scratch->has_odd && number < scratch->words.count; number++) {
        Word *word = scratch->words.items + number;
        if (!word->is_odd)
            continue;
        const char *text = (const char *)scratch->text.items + word->start;
        PyObject *form = PyObject_CallFunction(switcher->normalise, "y#", text, (Py_ssize_t)(word->end - word->start));
        if (form == NULL)
            return PYTHON_ERROR;
        Py_ssize_t length;
        char *bytes;
        bool is_copied = PyBytes_AsStringAndSize(form, &bytes, &length) == 0;
        if (is_copied && (length > LARGEST || scratch->norms.count > INT32_MAX - LARGEST)) {
            Py_DECREF(form);
            return UNSUITABLE;
        }
        is_copied = is_copied && RESERVE(scratch->norms, length + 8);
        if (is_copied) {
            word->norm = (int32_t)scratch->norms.count;
            word->length = (uint32_t)length;
            memcpy(scratch->norms.items + word->norm, bytes, (size_t)length);
            memset(scratch->norms.items + word->norm + length, 0, 8);
            scratch->norms.count += length;
        }
        Py_DECREF(form);
        if (!is_copied)
            return PyErr_Occurred() ? PYTHON_ERROR : NO_MEMORY;
    }
    scratch->norm_base = scratch->norms.items;
    return OK;
}
