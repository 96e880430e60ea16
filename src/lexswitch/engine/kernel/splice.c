/* The switched texts: kept runs and translations, with spaces where scripts need them, in the case of the text. */
#include "kernel.h"

static inline bool is_zero_width(const uint8_t *at)
{
    return at[0] == 0xE2 && at[1] == 0x80 && at[2] == 0x8B;
}

static inline bool may_be_word(uint8_t byte)
{
    return byte >= 0x80 || (uint8_t)((byte | 0x20) - 'a') < 26 || (uint8_t)(byte - '0') < 10;
}

/* The character that ends at `end`. */
static inline const uint8_t *last_character(const uint8_t *end)
{
    const uint8_t *at = end - 1;
    for (int step = 0; step < 3 && (*at & 0xC0) == 0x80; step++)
        at--;
    return at;
}

/* Whether a word ends at `end` and a word begins at `start`, at least one in a script without spaces. */
static bool touch(const Characters *characters, const uint8_t *end, const uint8_t *start)
{
    int32_t left = flags_at(characters, last_character(end)), right = flags_at(characters, start);
    return (left & CLASS) >= WORD && (right & CLASS) >= WORD && (left | right) & UNSPACED_SCRIPT;
}

static bool is_spaced(const Characters *characters, const uint8_t *at)
{
    int32_t flags = flags_at(characters, at);
    return (flags & CLASS) >= WORD && !(flags & UNSPACED_SCRIPT);
}

static bool is_one_of(const char *signs, uint8_t byte)
{
    return byte != 0 && strchr(signs, byte) != NULL;
}

static bool needs_space_after(const Characters *characters, const uint8_t *end)
{
    const uint8_t *at = last_character(end);
    return is_one_of("!%),.:;?]}", *at) || is_spaced(characters, at);
}

static bool needs_space_before(const Characters *characters, const uint8_t *start)
{
    return is_one_of("([{", *start) || is_spaced(characters, start);
}

/* Finds out whether a switch needs a space before and after it; see spacing.py. */
static void add_spaces(const Characters *characters, const Scratch *scratch, const Row *row, int64_t number)
{
    Switch *one = scratch->switches.items + number;
    const uint8_t *text = scratch->text.items, *translation = row->plan->text + one->offset;
    int64_t start = scratch->words.items[one->first_word].start, end = scratch->words.items[one->last_word].end;
    if (may_be_word(text[start - 1])) {
        int64_t last = is_zero_width(text + start - 3) ? start - 3 : start;
        if (touch(characters, text + last, text + start)) {
            bool follows = number > row->first_switch && scratch->words.items[one[-1].last_word].end == last;
            bool left = follows ? needs_space_after(characters, row->plan->text + one[-1].offset + one[-1].length)
                                : needs_space_after(characters, text + last);
            one->before = left && needs_space_before(characters, translation);
        }
    }
    if (may_be_word(text[end])) {
        int64_t first = is_zero_width(text + end) ? end + 3 : end;
        bool is_followed =
            number + 1 < row->last_switch && scratch->words.items[one[1].first_word].start == first;
        one->after = !is_followed && touch(characters, text + end, text + first) &&
                     needs_space_after(characters, translation + one->length) &&
                     needs_space_before(characters, text + first);
    }
}

/* Capitalises the characters of a span of the result, if their title case has the same width. */
static void to_title(const Characters *characters, uint8_t *at, const uint8_t *end)
{
    while (at < end) {
        if (*at < 0x80) {
            *at -= (uint8_t)((uint8_t)(*at - 'a') < 26) << 5;
            at++;
            continue;
        }
        int width = width_of(*at);
        uint32_t code = decode(at);
        if (*at >= 0xC0 && at + width <= end && code < 0x110000 && characters->title[code] != 0)
            encode(at, code + (uint32_t)characters->title[code], width);
        at += *at >= 0xC0 ? width : 1;
    }
}

static bool is_upper(const Characters *characters, const uint8_t *at)
{
    return *at < 0xC0 ? (uint8_t)(*at - 'A') < 26 : (flags_at(characters, at) & UPPER) != 0;
}

static bool is_lower(const Characters *characters, const uint8_t *at)
{
    return *at < 0xC0 ? (uint8_t)(*at - 'a') < 26 : (flags_at(characters, at) & LOWER) != 0;
}

/* Whether a unit has at least two upper-case letters and no lower-case letter. */
static bool is_in_capitals(const Characters *characters, const uint8_t *at, const uint8_t *end)
{
    int uppers = 0;
    for (; at < end; at++) {
        if (is_lower(characters, at))
            return false;
        uppers += is_upper(characters, at);
    }
    return uppers > 1;
}

/* Whether a word is I, or begins with it and an apostrophe, as I'm; see switching.py. */
static bool is_i(const uint8_t *text, const Word *word)
{
    const uint8_t *at = text + word->start;
    return at[0] == 'I' && (word->end == word->start + 1 || at[1] == '\'' || (at[1] == 0xE2 && at[2] == 0x80));
}

/* How many letters of a translation are capitals. */
typedef enum { NONE, FIRST, ALL } Capitals;

/* The capitals that a unit asks for. One capital letter counts unless `is_pronoun`. */
static Capitals capitals_of(const Characters *characters, const uint8_t *unit, const uint8_t *unit_end, bool is_pronoun)
{
    if (!is_upper(characters, unit))
        return NONE;
    bool is_plain = (uint8_t)(unit[1] - 'a') < 26;
    if (!is_plain && is_in_capitals(characters, unit, unit_end))
        return ALL;
    return is_pronoun ? NONE : FIRST;
}

/* Whether the capital of "i" has a dot in the language of a switch, and the capital of the dotless one has none. */
static bool is_dotless(const Plan *plan, const Switch *one)
{
    uint16_t language = plan->languages_of[one->group];
    return language < plan->enabled_count && plan->dotless[language];
}

/* Copies a translation with the capitals of both letters i, which have another width; returns the end of the copy. */
static uint8_t *copy_dotted(uint8_t *to, const uint8_t *from, int64_t length, Capitals capitals)
{
    const uint8_t *end = from + length;
    for (bool is_first = true; from < end; is_first = false) {
        int width = width_of(*from);
        width = from + width <= end ? width : 1; /* damaged */
        bool is_capital = capitals == ALL || is_first;
        if (is_capital && *from == 'i') {
            *to++ = 0xC4;
            *to++ = 0xB0;
        } else if (is_capital && width == 2 && from[0] == 0xC4 && from[1] == 0xB1) {
            *to++ = 'I';
        } else {
            memcpy(to, from, (size_t)width);
            to += width;
        }
        from += width;
    }
    return to;
}

enum { BLOCK = 16 };

/* Copies bytes in blocks, most often one: up to a block after both spans is read and written. */
static inline uint8_t *copy(uint8_t *to, const uint8_t *from, int64_t count)
{
    memcpy(to, from, BLOCK);
    for (int64_t at = BLOCK; UNLIKELY(at < count); at += BLOCK)
        memcpy(to + at, from + at, BLOCK);
    return to + count;
}

/* Copies a translation. The last ones of a lexicon have no block after them. */
static inline uint8_t *copy_translation(uint8_t *to, const Plan *plan, const Switch *one)
{
    const uint8_t *from = plan->text + one->offset;
    if (LIKELY(one->offset + one->length + BLOCK <= plan->text_size))
        return copy(to, from, one->length);
    memcpy(to, from, one->length);
    return to + one->length;
}

/* Gives a translation in the result the case of its unit; returns its end. */
static uint8_t *match_case(const Switcher *switcher, const Scratch *scratch, const Row *row, const Switch *one,
                           uint8_t *start, uint8_t *end)
{
    const Plan *plan = row->plan;
    const Characters *characters = &switcher->characters;
    const uint8_t *text = scratch->text.items;
    const Word *first = scratch->words.items + one->first_word, *last = scratch->words.items + one->last_word;
    bool may_be_i = plan->has_pronoun_i && one->first_word != row->first_word;
    Capitals capitals =
        capitals_of(characters, text + first->start, text + last->end, may_be_i && is_i(text, first));
    if (capitals == NONE || start == end)
        return end;
    if (plan->dotless != NULL && is_dotless(plan, one))
        end = copy_dotted(start, plan->text + one->offset, one->length, capitals);
    uint8_t *behind_first = start + width_of(*start);
    to_title(characters, start, capitals == ALL || behind_first > end ? end : behind_first);
    return end;
}

/* Bytes that the result of a chunk may have at most. */
static int64_t greatest_size(const Scratch *scratch)
{
    int64_t size = scratch->text.count + 2 * BLOCK;
    for (int64_t number = 0; number < scratch->switches.count; number++)
        size += 2 * (int64_t)scratch->switches.items[number].length + 2; /* copy_dotted may double it */
    return size;
}

static uint8_t *splice_row(const Switcher *switcher, Scratch *scratch, Row *row, uint8_t *to)
{
    const uint8_t *text = scratch->text.items;
    int64_t kept = row->start;
    for (int64_t number = row->first_switch; number < row->last_switch; number++) {
        Switch *one = scratch->switches.items + number;
        int64_t start = scratch->words.items[one->first_word].start, end = scratch->words.items[one->last_word].end;
        to = copy(to, text + kept, start - kept);
        one->start = to - scratch->result.items;
        if (one->before)
            *to++ = ' ';
        uint8_t *behind = copy_translation(to, row->plan, one);
        if (row->plan->match_case)
            behind = match_case(switcher, scratch, row, one, to, behind);
        to = behind;
        if (one->after)
            *to++ = ' ';
        one->end = to - scratch->result.items;
        kept = end;
    }
    return copy(to, text + kept, row->end - kept);
}

/* Writes the switched texts of a chunk to Scratch.result. */
Status splice_texts(const Switcher *switcher, Scratch *scratch)
{
    scratch->result.count = 0;
    if (!RESERVE(scratch->result, greatest_size(scratch)))
        return NO_MEMORY;
    uint8_t *to = scratch->result.items;
    for (int64_t number = 0; number < scratch->rows.count; number++) {
        Row *row = scratch->rows.items + number;
        for (int64_t one = row->first_switch; !row->is_ascii && one < row->last_switch; one++)
            add_spaces(&switcher->characters, scratch, row, one);
        row->result_start = to - scratch->result.items;
        to = splice_row(switcher, scratch, row, to);
        row->result_end = to - scratch->result.items;
        *to++ = 0; /* it ends the text for make_text */
    }
    scratch->result.count = to - scratch->result.items;
    return OK;
}
