/* Looks words up, matches terms from left to right, and draws which units are switched. */
#include "kernel.h"

#define FIBONACCI 0x9E3779B97F4A7C15u
enum { BLOCK = 32, AHEAD = 8 }; /* numbers of words and of pairs whose slots are requested before they are read */

static inline uint64_t spread(uint64_t key)
{
    uint64_t mixed = key * FIBONACCI;
    mixed ^= mixed >> 32;
    return mixed * FIBONACCI;
}

static inline uint64_t find_from(const Table *table, uint64_t key, uint64_t slot)
{
    while (table->slots[2 * slot] != key && table->slots[2 * slot] != 0)
        slot = (slot + 1) & table->last;
    return table->slots[2 * slot + 1];
}

/* The value of an item of a table, and its other number. */
static inline int32_t value_of(uint64_t item)
{
    return (int32_t)(uint32_t)item;
}

static inline uint32_t groups_in(uint64_t item)
{
    return (uint32_t)(item >> 32);
}

/* Where the bits of a key are in the filter, given its hash. */
static inline const uint64_t *filter_word(const Plan *plan, uint64_t hash)
{
    return plan->filter + (hash >> 12 & plan->filter_last);
}

static inline bool may_contain(const Plan *plan, uint64_t hash)
{
    uint64_t bits = *filter_word(plan, hash);
    return bits >> (hash & 63) & bits >> (hash >> 6 & 63) & 1;
}

static inline uint64_t edge_key(int64_t node, int64_t number)
{
    return (uint64_t)node << 32 | (uint64_t)number;
}

/* The bytes of a word in normal form, and whether they must be folded. */
static inline const uint8_t *norm_of(const Scratch *scratch, const Word *word, bool *fold)
{
    *fold = word->norm < 0;
    return *fold ? scratch->text.items + word->start : scratch->norm_base + word->norm;
}

static inline uint64_t key_of(const Plan *plan, const Scratch *scratch, const Word *word)
{
    bool fold;
    const uint8_t *text = norm_of(scratch, word, &fold);
    if (UNLIKELY(word->length > plan->longest))
        return 0;
    if (LIKELY(word->length <= 8))
        return chunk_of(text, fold, word->length);
    uint64_t key = chunk_of(text, fold, 8) ^ plan->salt;
    for (int64_t at = 8; at < word->length; at += 8)
        key = mix(key * CHUNK_FACTOR + chunk_of(text + at, fold, word->length - at));
    return key;
}

/* Whether a word of more than eight bytes is the word that its key proposes. If the heads, lengths and keys are equal,
 * the second chunks are equal too. */
static bool is_equal(const Plan *plan, const Scratch *scratch, const Word *word, int64_t number)
{
    bool fold;
    const uint8_t *text = norm_of(scratch, word, &fold);
    uint64_t place = plan->records[2 * number + 1];
    if ((int64_t)(place & ((1 << LENGTH_BITS) - 1)) != word->length ||
        plan->records[2 * number] != chunk_of(text, fold, 8))
        return false;
    if (word->length <= 16)
        return true;
    int part = number >= plan->first_form;
    int64_t offset = (int64_t)(place >> LENGTH_BITS);
    if (offset > plan->buffer_sizes[part] - word->length - 8)
        return false;
    const uint8_t *own = plan->buffers[part] + offset;
    for (int64_t at = 16; at < word->length; at += 8)
        if (chunk_of(text + at, fold, word->length - at) != chunk_of(own + at, false, word->length - at))
            return false;
    return true;
}

/* 1 if a value has a flag, else 0. Flags are powers of two. */
static inline uint32_t has_flag(uint32_t value, uint32_t flag)
{
    return value / flag & 1;
}

/* The number of a word as part of an exact phrase: 0 if it is only an inflected form. */
static inline int64_t own_number(const Plan *plan, const Word *word)
{
    int64_t number = word->value >> FLAG_BITS;
    return number < plan->first_form ? number : 0;
}

/* The number of a word if it has a base, or 0. */
static inline int64_t based_number(const Word *word)
{
    return (word->value >> FLAG_BITS) & -(int64_t)has_flag((uint32_t)word->value, BASED);
}

/* The number of the base of a word, or 0. */
static inline int64_t base_number(const Plan *plan, const Word *word)
{
    int64_t number = based_number(word);
    return plan->bases == NULL ? 0 : plan->bases[number] & -(int64_t)(number != 0);
}

/* Sets the value that the key of a word proposes, 0 if there is none; a word of more than eight bytes must be compared
 * with it. Few branches depend on the word: they would be hard to predict. */
static inline void propose(const Plan *plan, Word *word, uint64_t slot)
{
    uint64_t item = find_from(&plan->words, word->key, slot);
    uint32_t value = (uint32_t)value_of(item), is_long = word->length > 8;
    uint32_t is_found = (value <= plan->greatest_value) & (has_flag(value, LONG) == is_long);
    value &= 0 - is_found; /* all bits, or none */
    if (plan->flags != NULL)
        value = (value & ~(uint32_t)SELECTED) | (plan->flags[value >> FLAG_BITS] & SELECTED);
    word->value = (int32_t)value;
    word->groups = groups_in(item);
}

/* Whether there may be an edge; requests what its search reads. */
static inline bool request_edge(const Plan *plan, int64_t node, int64_t number)
{
    uint64_t hash = spread(edge_key(node, number));
    bool is_there = (node != 0) & (number != 0) & may_contain(plan, hash);
    if (is_there)
        PREFETCH(plan->edges.slots + 2 * (hash >> plan->edges.shift));
    return is_there;
}

/* Looks up words, a block at a time: the slots of a table are far apart in memory, so those of a block are requested
 * before they are read, and so is what the comparison of its longer words reads. */
static void look_up_words(const Plan *plan, Scratch *scratch, int64_t first, int64_t last)
{
    for (int64_t begin = first, count; begin < last; begin += count) {
        Word *words = scratch->words.items + begin, *longer[BLOCK];
        uint64_t slots[BLOCK];
        int longer_count = 0;
        count = last - begin < BLOCK ? last - begin : BLOCK;
        for (int64_t at = 0; at < count; at++) {
            words[at].key = key_of(plan, scratch, words + at);
            slots[at] = spread(words[at].key) >> plan->words.shift;
            PREFETCH(plan->words.slots + 2 * slots[at]);
        }
        for (int64_t at = 0; at < count; at++) {
            propose(plan, words + at, slots[at]);
            longer[longer_count] = words + at;
            longer_count += (words[at].length > 8) & (words[at].value != 0);
            if (plan->bases != NULL)
                PREFETCH(plan->bases + based_number(words + at));
        }
        for (int at = 0; at < longer_count; at++)
            PREFETCH(plan->records + 2 * (longer[at]->value >> FLAG_BITS));
        for (int at = 0; at < longer_count; at++)
            if (!is_equal(plan, scratch, longer[at], longer[at]->value >> FLAG_BITS))
                longer[at]->value = 0;
    }
}

/* Replaces the key of a pair by the item of its edge, and requests the edge to a third word. */
static inline void find_pair(const Plan *plan, Word *word)
{
    word->pair = find_from(&plan->edges, word->pair, spread(word->pair) >> plan->edges.shift);
    if (word->pair != 0 && word[1].joined)
        request_edge(plan, value_of(word->pair) >> 1, own_number(plan, word + 2));
}

/* Looks up the pairs of words that begin a phrase. Most words of a text begin none, so the first step only collects
 * the few for which the filter has the pair; no branch depends on the filter, which would be hard to predict. The word
 * after the last one is read. */
static void find_pairs(const Plan *plan, Scratch *scratch, int64_t first, int64_t last)
{
    Word *words = scratch->words.items;
    int32_t *pairs = scratch->pairs.items, *inflected = scratch->inflected.items;
    int64_t pair_count = 0, inflected_count = 0;
    int64_t first_form = plan->first_form << FLAG_BITS;
    for (int64_t number = first; number < last; number++) {
        uint32_t value = (uint32_t)words[number].value, next = (uint32_t)words[number + 1].value;
        if (!(has_flag(value, BEGINS) & has_flag(next, FOLLOWS) & words[number].joined))
            continue;
        bool are_exact = (value < first_form) & (next < first_form); /* no inflected forms */
        bool is_in_filter = may_contain(plan, spread(edge_key(value >> FLAG_BITS, next >> FLAG_BITS)));
        pairs[pair_count] = inflected[inflected_count] = (int32_t)number;
        pair_count += are_exact & is_in_filter;
        inflected_count += has_flag(value | next, BASED);
    }
    for (int64_t at = 0; at < pair_count + AHEAD; at++) {
        if (at < pair_count) {
            Word *word = words + pairs[at];
            word->pair = edge_key(own_number(plan, word), own_number(plan, word + 1));
            PREFETCH(plan->edges.slots + 2 * (spread(word->pair) >> plan->edges.shift));
        }
        if (at >= AHEAD)
            find_pair(plan, words + pairs[at - AHEAD]);
    }
    for (int64_t at = 0; plan->bases != NULL && at < inflected_count; at++) {
        Word *word = words + inflected[at];
        bool first_is = request_edge(plan, base_number(plan, word), own_number(plan, word + 1));
        bool second_is = request_edge(plan, own_number(plan, word), base_number(plan, word + 1));
        word->may_inflect = first_is | second_is;
    }
}

typedef struct {
    int64_t node, size;
    uint32_t groups;
} Unit;

/* Whether a term ends at the node of an edge. */
static inline bool ends_at(const Plan *plan, int32_t value)
{
    if (plan->is_whole)
        return value & 1;
    int64_t node = value >> 1;
    return (uint64_t)node < (uint64_t)plan->nodes && plan->terms[node] >= 0;
}

/* Makes a term of `size` words the best unit, if one ends at the node of an edge; returns the node. */
static inline int64_t reach(const Plan *plan, uint64_t item, int64_t size, Unit *best)
{
    int32_t value = value_of(item);
    if (value != 0 && ends_at(plan, value))
        *best = (Unit){value >> 1, size, groups_in(item)};
    return value >> 1;
}

/* Returns the node that the next word reaches, or 0. */
static inline int64_t follow(const Plan *plan, int64_t node, int64_t number, int64_t size, Unit *best)
{
    if (node == 0 || number == 0)
        return 0;
    uint64_t key = edge_key(node, number), hash = spread(key);
    if (!may_contain(plan, hash))
        return 0;
    return reach(plan, find_from(&plan->edges, key, hash >> plan->edges.shift), size, best);
}

/* The longest phrase that begins at a word, or size 1. Of phrases of one size, the exact one wins, then the one whose
 * inflected word comes last. `paths` has room for one node per word of a phrase: the node that is reached if the word
 * at this position is inflected. */
static Unit find_phrase(const Plan *plan, const Word *words, int64_t *paths)
{
    Unit best = {0, 1, 0};
    int64_t exact = own_number(plan, words);
    bool alive = words->may_inflect;
    paths[0] = alive ? base_number(plan, words) : 0;
    for (int64_t size = 2; size <= plan->longest_phrase && words[size - 2].joined; size++) {
        const Word *next = words + size - 1;
        int64_t own = own_number(plan, next), base = exact != 0 ? base_number(plan, next) : 0;
        if (alive || base != 0) {
            bool was_alive = alive;
            alive = false;
            for (int64_t inflected = 0; inflected < size - 1; inflected++) {
                paths[inflected] = was_alive ? follow(plan, paths[inflected], own, size, &best) : 0;
                alive |= paths[inflected] != 0;
            }
            paths[size - 1] = follow(plan, exact, base, size, &best);
            alive |= paths[size - 1] != 0;
        }
        exact = size == 2 ? reach(plan, words->pair, size, &best) : follow(plan, exact, own, size, &best);
        if (!alive && exact == 0)
            break;
    }
    return best;
}

/* Whether a unit is drawn by a chain. `before` is whether the unit before it is drawn; NULL if there is none. */
static inline bool is_drawn_after(const Chain *chain, uint64_t state, const bool *before)
{
    return uniform(state, SWITCH_OUTPUT) < (before == NULL ? chain->p : *before ? chain->stay : chain->enter);
}

/* Matches the units of a row, and keeps those that are drawn. There is a copy for each value of `has_chain`. */
static inline void match_units(const Plan *plan, Scratch *scratch, const Row *row, const bool has_chain)
{
    const Word *words = scratch->words.items;
    Switch *to = scratch->switches.items + scratch->switches.count;
    uint64_t start = row->stream - (uint64_t)row->first_word * PER_WORD * GAMMA; /* the state of word 0 of the chunk */
    uint32_t known_groups = plan->has_groups ? UINT32_MAX : 0;
    int64_t covered = 0;
    bool drawn = false, is_first = true;
    for (int64_t at = row->first_word, size; at < row->last_word; at += size) {
        int32_t value = words[at].value, node = value >> FLAG_BITS;
        uint32_t groups = words[at].groups;
        size = 1;
        if ((words[at].pair != 0) | words[at].may_inflect) {
            Unit phrase = find_phrase(plan, words + at, scratch->nodes.items);
            if (phrase.size > 1)
                node = (int32_t)phrase.node, groups = phrase.groups, size = phrase.size;
        }
        if (size == 1) {
            if (!(value & ALONE))
                continue;
            if (value & AS_BASE && plan->bases != NULL)
                node = plan->bases[node];
        }
        covered += size;
        uint64_t state = start + (uint64_t)at * (PER_WORD * GAMMA);
        bool before = drawn;
        drawn = has_chain ? is_drawn_after(&plan->chain, state, is_first ? NULL : &before)
                          : (mix(state + SWITCH_OUTPUT * GAMMA) <= plan->highest_limit) & !plan->never;
        is_first = false;
        /* There is no branch for a draw, which nothing can predict: the next unit overwrites one that is not drawn. */
        PREFETCH((uintptr_t)plan->places + sizeof *plan->places * (groups >> GROUP_BITS)); /* of the first group */
        to->state = state;
        to->first_word = (int32_t)at;
        to->last_word = (int32_t)(at + size - 1);
        to->node = node;
        to->groups = groups & known_groups;
        to->begins = !before;
        to->before = to->after = false;
        to += drawn;
    }
    scratch->switches.count = to - scratch->switches.items;
    scratch->covered += plan->is_counted ? covered : 0;
}

static Status match_row(Scratch *scratch, int64_t number)
{
    Row *row = scratch->rows.items + number;
    const Plan *plan = row->plan;
    if (!RESERVE(scratch->switches, row->last_word - row->first_word + 1))
        return NO_MEMORY;
    row->first_switch = scratch->switches.count;
    if (plan->chain.is_used)
        match_units(plan, scratch, row, true);
    else
        match_units(plan, scratch, row, false);
    row->last_switch = scratch->switches.count;
    scratch->word_count += plan->is_counted ? row->last_word - row->first_word : 0;
    return OK;
}

/* Matches the units of a chunk, and keeps those that are drawn. */
Status match_and_draw(Scratch *scratch)
{
    const Row *rows = scratch->rows.items;
    int64_t count = scratch->rows.count, longest = 0;
    scratch->pairs.count = scratch->inflected.count = 0;
    if (!RESERVE(scratch->pairs, scratch->words.count + 1) || !RESERVE(scratch->inflected, scratch->words.count + 1) ||
        !RESERVE(scratch->words, 1))
        return NO_MEMORY;
    scratch->words.items[scratch->words.count] = (Word){0}; /* find_pairs reads it */
    for (int64_t first = 0, last; first < count; first = last) {
        for (last = first + 1; last < count && rows[last].plan == rows[first].plan; last++)
            continue;
        look_up_words(rows[first].plan, scratch, rows[first].first_word, rows[last - 1].last_word);
        if (rows[first].plan->longest_phrase > 1)
            find_pairs(rows[first].plan, scratch, rows[first].first_word, rows[last - 1].last_word);
        longest = rows[first].plan->longest_phrase > longest ? rows[first].plan->longest_phrase : longest;
    }
    scratch->switches.count = 0;
    scratch->nodes.count = 0;
    if (!RESERVE(scratch->nodes, longest + 1))
        return NO_MEMORY;
    for (int64_t number = 0; number < count; number++) {
        Status status = match_row(scratch, number);
        if (status != OK)
            return status;
    }
    return OK;
}
