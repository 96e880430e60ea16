/* Looks words up, matches terms from left to right, and draws which units are switched. */
#include "kernel.h"

#define FIBONACCI 0x9E3779B97F4A7C15u
/* Slots of a table are far apart in memory. So they are requested this number of words before they are read. */
#define AHEAD 8

static inline uint64_t home_slot(const Table *table, uint64_t key)
{
    uint64_t mixed = key * FIBONACCI;
    mixed ^= mixed >> 32;
    return mixed * FIBONACCI >> table->shift;
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

static inline int32_t row_of(uint64_t item)
{
    return (int32_t)(uint32_t)(item >> 32);
}

static inline bool may_contain(const Plan *plan, uint64_t key)
{
    key *= FILTER_FACTOR;
    key ^= key >> 32;
    uint64_t bit = key * FILTER_FACTOR >> plan->filter_shift;
    return plan->filter[bit >> 3] >> (bit & 7) & 1;
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
    if (word->key == 0) {
        word->value = 0;
        return;
    }
    uint64_t item = find_from(&plan->words, word->key, (uint64_t)word->value);
    int32_t value = value_of(item);
    int64_t number = value >> FLAG_BITS;
    bool is_long = word->length > 8;
    word->value = 0;
    if (value <= 0 || number >= plan->total || is_long != ((value & LONG) != 0))
        return;
    word->value = plan->flags == NULL ? value : (value & ~SELECTED) | (plan->flags[number] & SELECTED);
    word->row = row_of(item);
    if (is_long)
        PREFETCH(plan->records + 2 * number);
}

/* Looks up the words of consecutive rows with one plan, in three steps that are AHEAD words apart. */
static void look_up_words(const Plan *plan, Scratch *scratch, int64_t first, int64_t last)
{
    Word *words = scratch->words.items;
    for (int64_t number = first; number < last + 2 * AHEAD; number++) {
        if (number < last) {
            words[number].key = key_of(plan, scratch, words + number);
            uint64_t slot = home_slot(&plan->words, words[number].key);
            words[number].value = (int32_t)slot; /* until it is looked up: a table has less than 2**31 slots */
            PREFETCH(plan->words.slots + 2 * slot);
        }
        if (number - AHEAD >= first && number - AHEAD < last)
            propose(plan, words + number - AHEAD);
        if (number - 2 * AHEAD >= first) {
            Word *word = words + number - 2 * AHEAD;
            if (word->length > 8 && word->value != 0 && !is_equal(plan, scratch, word, word->value >> FLAG_BITS))
                word->value = 0;
        }
    }
}

typedef struct {
    int64_t node, size;
    int32_t row;
} Unit;

/* The row of the term that ends at a node, or -1. */
static inline int32_t term_at(const Plan *plan, int64_t node)
{
    return (uint64_t)node < (uint64_t)plan->nodes ? plan->terms[node] : -1;
}

/* Returns the node that the next word reaches, or 0. If a term of `size` words ends there, it becomes the best unit. */
static inline int64_t follow(const Plan *plan, int64_t node, int64_t number, int64_t size, Unit *best)
{
    if (node == 0 || number == 0)
        return 0;
    uint64_t key = (uint64_t)node << 32 | (uint64_t)number;
    if (!may_contain(plan, key))
        return 0;
    uint64_t item = find_from(&plan->edges, key, home_slot(&plan->edges, key));
    int64_t reached = value_of(item) >> 1;
    if (reached != 0) {
        int32_t row = plan->is_whole ? row_of(item) : term_at(plan, reached);
        if (row >= 0)
            *best = (Unit){reached, size, row};
    }
    return reached;
}

/* The longest phrase that begins at a word, or size 1. Of phrases of one size, the exact one wins, then the one whose
 * inflected word comes last. `paths` has room for one node per word of a phrase: the node that is reached if the word
 * at this position is inflected. */
static Unit find_phrase(const Plan *plan, const Word *words, int64_t *paths)
{
    Unit best = {0, 1, -1};
    int64_t number = words[0].value >> FLAG_BITS;
    int64_t exact = number < plan->first_form ? number : 0;
    if (plan->bases != NULL)
        paths[0] = plan->bases[number];
    for (int64_t size = 2; size <= plan->longest_phrase && words[size - 2].joined; size++) {
        number = words[size - 1].value >> FLAG_BITS;
        int64_t own = number < plan->first_form ? number : 0;
        bool alive = false;
        if (plan->bases != NULL) {
            for (int64_t inflected = 0; inflected < size - 1; inflected++) {
                paths[inflected] = follow(plan, paths[inflected], own, size, &best);
                alive |= paths[inflected] != 0;
            }
            paths[size - 1] = follow(plan, exact, plan->bases[number], size, &best);
            alive |= paths[size - 1] != 0;
        }
        exact = follow(plan, exact, own, size, &best);
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
    if (!RESERVE(scratch->switches, row->last_word - row->first_word))
        return NO_MEMORY;
    for (int64_t at = row->first_word; at < row->last_word;) {
        int32_t value = words[at].value;
        Unit unit = {0, 1, -1};
        if (value & BEGINS && words[at].joined && words[at + 1].value & FOLLOWS)
            unit = find_phrase(plan, words + at, scratch->nodes.items);
        if (unit.size == 1) {
            if (!(value & ALONE)) {
                at++;
                continue;
            }
            unit.node = value >> FLAG_BITS;
            if (value & AS_BASE && plan->bases != NULL)
                unit.node = plan->bases[unit.node];
            unit.row = plan->is_whole ? words[at].row : term_at(plan, unit.node);
        }
        covered += unit.size;
        uint64_t state = row->stream + (uint64_t)(at - row->first_word) * PER_WORD * GAMMA;
        bool before = drawn;
        drawn = is_drawn(plan, state, is_first ? NULL : &before);
        is_first = false;
        if (drawn) {
            if (UNLIKELY(unit.row < 0 || unit.row >= plan->groups.starts.count))
                return DAMAGED;
            PREFETCH(place_of(&plan->groups.starts, unit.row));
            Switch *one = scratch->switches.items + scratch->switches.count++;
            one->state = state;
            one->row = number;
            one->first_word = at;
            one->last_word = at + unit.size - 1;
            one->node = unit.node;
            one->term = unit.row;
            one->begins = !before;
            one->before = one->after = false;
        }
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
    for (int64_t first = 0, last; first < count; first = last) {
        for (last = first + 1; last < count && rows[last].plan == rows[first].plan; last++)
            continue;
        look_up_words(rows[first].plan, scratch, rows[first].first_word, rows[last - 1].last_word);
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
