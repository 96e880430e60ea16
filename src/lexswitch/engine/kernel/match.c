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
    uint64_t bits = (uint64_t)1 << (hash & 63) | (uint64_t)1 << (hash >> 6 & 63);
    return (*filter_word(plan, hash) & bits) == bits;
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
    uint64_t key = chunk_of(text, fold, word->length);
    if (LIKELY(word->length <= 8))
        return word->length <= plan->longest ? key : 0;
    if (word->length > plan->longest)
        return 0;
    key ^= plan->salt;
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

/* Sets the value that the key of a word proposes. A longer word must be compared then: what that needs is requested. */
static inline void propose(const Plan *plan, Word *word)
{
    uint64_t key = word->key;
    word->value = 0;
    if (key == 0)
        return;
    uint64_t item = find_from(&plan->words, key, spread(key) >> plan->words.shift);
    int32_t value = value_of(item);
    int64_t number = value >> FLAG_BITS;
    bool is_long = word->length > 8;
    if (value <= 0 || number >= plan->total || is_long != ((value & LONG) != 0))
        return;
    word->value = plan->flags == NULL ? value : (value & ~SELECTED) | (plan->flags[number] & SELECTED);
    word->groups = groups_in(item);
    if (is_long)
        PREFETCH(plan->records + 2 * number);
    if (value & BASED && plan->bases != NULL)
        PREFETCH(plan->bases + number);
}

static inline void verify(const Plan *plan, const Scratch *scratch, Word *word)
{
    if (word->length > 8 && word->value != 0 && !is_equal(plan, scratch, word, word->value >> FLAG_BITS))
        word->value = 0;
}

/* The number of a word as part of an exact phrase: 0 if it is only an inflected form. */
static inline int64_t own_number(const Plan *plan, const Word *word)
{
    int64_t number = word->value >> FLAG_BITS;
    return number < plan->first_form ? number : 0;
}

/* The number of the base of a word, or 0. */
static inline int64_t base_number(const Plan *plan, const Word *word)
{
    return word->value & BASED && plan->bases != NULL ? plan->bases[word->value >> FLAG_BITS] : 0;
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
 * before they are read. */
static void look_up_words(const Plan *plan, Scratch *scratch, int64_t first, int64_t last)
{
    Word *words = scratch->words.items;
    for (int64_t begin = first, end; begin < last; begin = end) {
        end = begin + BLOCK < last ? begin + BLOCK : last;
        for (int64_t number = begin; number < end; number++) {
            words[number].key = key_of(plan, scratch, words + number);
            PREFETCH(plan->words.slots + 2 * (spread(words[number].key) >> plan->words.shift));
        }
        for (int64_t number = begin; number < end; number++)
            propose(plan, words + number);
        for (int64_t number = begin; number < end; number++)
            verify(plan, scratch, words + number);
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
 * the few for which the filter has the pair; it has no branch that depends on it, which would be hard to predict. */
static void find_pairs(const Plan *plan, Scratch *scratch, int64_t first, int64_t last)
{
    Word *words = scratch->words.items;
    int32_t *pairs = scratch->pairs.items, *inflected = scratch->inflected.items;
    int64_t pair_count = 0, inflected_count = 0;
    for (int64_t number = first; number < last; number++) {
        Word *word = words + number;
        word->pair = 0;
        word->may_inflect = false;
        if (!(word->value & BEGINS && word->joined && word[1].value & FOLLOWS))
            continue;
        int64_t one = own_number(plan, word), two = own_number(plan, word + 1);
        pairs[pair_count] = (int32_t)number;
        pair_count += (one != 0) & (two != 0) & may_contain(plan, spread(edge_key(one, two)));
        inflected[inflected_count] = (int32_t)number;
        inflected_count += ((word->value | word[1].value) & BASED) != 0;
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
    for (int64_t at = 0; at < inflected_count; at++) {
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

/* Whether a unit is drawn. `before` is whether the unit before it in the text is drawn; NULL if there is none. */
static inline bool is_drawn(const Plan *plan, uint64_t state, const bool *before)
{
    if (!plan->chain.is_used)
        return !plan->never && mix(state + SWITCH_OUTPUT * GAMMA) <= plan->highest_limit;
    double limit = before == NULL ? plan->chain.p : *before ? plan->chain.stay : plan->chain.enter;
    return uniform(state, SWITCH_OUTPUT) < limit;
}

/* Matches the units of a row, and keeps those that are drawn. */
static Status match_row(Scratch *scratch, int64_t number)
{
    Row *row = scratch->rows.items + number;
    const Plan *plan = row->plan;
    const Word *words = scratch->words.items;
    int64_t covered = 0;
    bool drawn = false, is_first = true;
    row->first_switch = scratch->switches.count;
    if (!RESERVE(scratch->switches, row->last_word - row->first_word + 1))
        return NO_MEMORY;
    for (int64_t at = row->first_word; at < row->last_word;) {
        int32_t value = words[at].value;
        Unit unit = {0, 1, words[at].groups};
        if (words[at].pair != 0 || words[at].may_inflect)
            unit = find_phrase(plan, words + at, scratch->nodes.items);
        if (unit.size == 1) {
            if (!(value & ALONE)) {
                at++;
                continue;
            }
            unit.node = value >> FLAG_BITS;
            if (value & AS_BASE && plan->bases != NULL)
                unit.node = plan->bases[unit.node];
            unit.groups = words[at].groups;
        }
        covered += unit.size;
        uint64_t state = row->stream + (uint64_t)(at - row->first_word) * PER_WORD * GAMMA;
        bool before = drawn;
        drawn = is_drawn(plan, state, is_first ? NULL : &before);
        is_first = false;
        /* There is no branch for a draw, which nothing can predict: the next unit overwrites one that is not drawn. */
        scratch->switches.items[scratch->switches.count] = (Switch){
            .state = state,
            .row = (int32_t)number,
            .first_word = (int32_t)at,
            .last_word = (int32_t)(at + unit.size - 1),
            .node = (int32_t)unit.node,
            .groups = plan->has_groups ? unit.groups : 0,
            .begins = !before,
        };
        scratch->switches.count += drawn;
        at += unit.size;
    }
    row->last_switch = scratch->switches.count;
    if (plan->is_counted) {
        scratch->covered += covered;
        scratch->word_count += row->last_word - row->first_word;
    }
    return OK;
}

/* Matches the units of a chunk, and keeps those that are drawn. */
Status match_and_draw(Scratch *scratch)
{
    const Row *rows = scratch->rows.items;
    int64_t count = scratch->rows.count, longest = 0;
    scratch->pairs.count = scratch->inflected.count = 0;
    if (!RESERVE(scratch->pairs, scratch->words.count + 1) || !RESERVE(scratch->inflected, scratch->words.count + 1))
        return NO_MEMORY;
    for (int64_t first = 0, last; first < count; first = last) {
        for (last = first + 1; last < count && rows[last].plan == rows[first].plan; last++)
            continue;
        look_up_words(rows[first].plan, scratch, rows[first].first_word, rows[last - 1].last_word);
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
