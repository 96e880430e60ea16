/* Draws, and the choice of language and candidate for each drawn unit. */
#include "kernel.h"

/* The default key of a text: the mixed sum of its length and of its chunks of eight bytes. */
uint64_t text_key(const uint8_t *text, int64_t length)
{
    uint64_t sum = 0, number = 1;
    for (int64_t at = 0; at == 0 || at < length; at += 8, number++)
        sum += mix(keep_bytes(load8(text + at), length - at) + number * GAMMA);
    return mix(sum + (uint64_t)length);
}

uint64_t start_of_stream(uint64_t key, uint64_t seed)
{
    uint64_t stream = mix(mix(key) ^ seed);
    return stream ? stream : 1;
}

/* The item that a draw selects, given the running sums of the weights of `count` items. */
static inline int64_t item_at(const double *sums, int64_t count, double sought)
{
    int64_t low = 0, high = count - 1; /* the last item with a sum <= sought */
    while (low < high) {
        int64_t middle = (low + high + 1) >> 1;
        if (sums[middle] <= sought)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

int64_t draw_by_weight(const double *sums, int64_t count, double drawn)
{
    return item_at(sums, count, drawn * sums[count]);
}

static inline int64_t draw_item(const Ranges *ranges, int64_t first, int64_t size, double drawn)
{
    if (size <= 1)
        return first;
    if (ranges->weights == NULL)
        return first + (int64_t)(drawn * (double)size);
    double low = ranges->weights[first], width = ranges->weights[first + size] - low;
    double moved = drawn * width;
    return first + item_at(ranges->weights + first, size, low + moved);
}

/* The group at a position; it is checked when its candidates are read. */
static inline int64_t group_at(const Plan *plan, int64_t position)
{
    return plan->group_numbers.items == NULL ? position : number_at(&plan->group_numbers, position);
}

/* The language of a group, as a position in the enabled languages; -1 if there is none. */
static inline int64_t language_of(const Plan *plan, int64_t group)
{
    if (UNLIKELY((uint64_t)group >= (uint64_t)plan->group_count))
        return -1;
    int64_t language = plan->languages_of[group];
    return LIKELY(language < plan->enabled_count) ? plan->enabled[language] : -1;
}

/* The group of a term in a language; -1 if it has no translation there. */
static int64_t group_in(const Plan *plan, int64_t language, int64_t first, int64_t size)
{
    for (int64_t position = first + size - 1; position >= first; position--) {
        int64_t group = group_at(plan, position);
        if (language_of(plan, group) == language)
            return group;
    }
    return -1;
}

/* The group of candidates of a unit; -1 if its language has no translation of the term. `language` is that of the
 * stretch; the first unit of a stretch draws it. */
static int64_t draw_group(const Plan *plan, const Switch *one, int64_t first, int64_t size, int64_t *language)
{
    if (plan->languages == 1)
        return group_at(plan, first);
    double drawn = uniform(one->state, LANGUAGE_OUTPUT);
    bool continues = plan->chain.is_used && !one->begins;
    if (plan->language_weights != NULL) {
        if (!continues)
            *language = draw_by_weight(plan->language_weights, plan->languages, drawn);
        return group_in(plan, *language, first, size);
    }
    int64_t group = continues ? group_in(plan, *language, first, size) : -1;
    if (group < 0)
        group = group_at(plan, draw_item(&plan->groups, first, size, drawn));
    if (!continues && plan->chain.is_used)
        *language = language_of(plan, group);
    return group;
}

/* Whether a unit is switched into the language of its group, which may have a lower p than others. */
static inline bool is_switched(const Plan *plan, uint64_t state, int64_t group)
{
    if (plan->one_limit || plan->chain.is_used)
        return true;
    int64_t language = language_of(plan, group);
    if (language < 0)
        return false;
    uint64_t limit = plan->limits[2 * language], never = plan->limits[2 * language + 1];
    return !never && mix(state + SWITCH_OUTPUT * GAMMA) <= limit;
}

/* Reads the range of the groups of a unit; false if it is damaged. */
static inline bool groups_of(const Plan *plan, const Switch *one, int64_t *first, int64_t *size)
{
    if (LIKELY(one->groups != 0)) {
        *first = one->groups >> GROUP_BITS;
        *size = one->groups & ((1 << GROUP_BITS) - 1);
        return LIKELY(*size > 0 && *first + *size <= plan->groups.items);
    }
    bool is_node = (uint64_t)one->node < (uint64_t)plan->nodes;
    return is_node && bounds(&plan->groups, plan->terms[one->node], first, size);
}

/* Whether the translation of a group is found without the number of its candidate. */
static inline bool has_places(const Plan *plan)
{
    return plan->first_candidate && plan->places != NULL;
}

/* Chooses the group of each drawn unit; drops the units that stay after all. */
static Status choose_groups(Scratch *scratch)
{
    Switch *switches = scratch->switches.items;
    int64_t kept = 0;
    for (int64_t number = 0; number < scratch->rows.count; number++) {
        Row *row = scratch->rows.items + number;
        const Plan *plan = row->plan;
        int64_t first_kept = kept, language = 0;
        for (int64_t at = row->first_switch; at < row->last_switch; at++) {
            int64_t first, size;
            if (!groups_of(plan, switches + at, &first, &size))
                return DAMAGED;
            int64_t group = draw_group(plan, switches + at, first, size, &language);
            if (group < 0 || !is_switched(plan, switches[at].state, group))
                continue;
            if (UNLIKELY(group >= plan->group_count))
                return DAMAGED;
            PREFETCH(has_places(plan) ? plan->places + group : place_of(&plan->candidates.starts, group));
            if (UNLIKELY(kept != at))
                switches[kept] = switches[at];
            switches[kept].candidate = -1;
            switches[kept++].group = (int32_t)group;
        }
        row->first_switch = first_kept;
        row->last_switch = kept;
    }
    scratch->switches.count = kept;
    return OK;
}

/* Chooses a candidate of the group of a unit; false if it is damaged. */
static inline bool choose_candidate(const Plan *plan, Switch *one)
{
    int64_t first, size;
    if (!bounds(&plan->candidates, one->group, &first, &size))
        return false;
    if (!plan->first_candidate)
        first = draw_item(&plan->candidates, first, size, uniform(one->state, CANDIDATE_OUTPUT));
    one->candidate = (int32_t)first;
    PREFETCH(place_of(&plan->translations.starts, first));
    return true;
}

/* Finds the translation of a unit; false if it is damaged. */
static inline bool find_translation(const Plan *plan, Switch *one)
{
    int64_t length;
    if (one->candidate < 0) {
        uint64_t place = plan->places[one->group];
        one->offset = (int64_t)(place >> LENGTH_BITS);
        length = (int64_t)(place & ((1 << LENGTH_BITS) - 1));
        one->length = (uint32_t)length;
        if (LIKELY(length > 0 && one->offset + length <= plan->translations.items))
            return true;
        one->candidate = (int32_t)first_candidate(plan, one->group);
        if (place != 0 || one->candidate < 0)
            return false;
    }
    if (!bounds(&plan->translations, one->candidate, &one->offset, &length) || length > LARGEST)
        return false;
    one->length = (uint32_t)length;
    return true;
}

/* The first candidate of a group, or -1 if it is damaged. */
int64_t first_candidate(const Plan *plan, int64_t group)
{
    int64_t first, size;
    return bounds(&plan->candidates, group, &first, &size) ? first : -1;
}

/* Chooses the group and the candidate of each drawn unit, and finds its translation. */
Status choose_candidates(Scratch *scratch)
{
    Status status = choose_groups(scratch);
    if (status != OK)
        return status;
    for (int64_t number = 0; number < scratch->rows.count; number++) {
        const Row *row = scratch->rows.items + number;
        if (has_places(row->plan))
            continue;
        for (int64_t at = row->first_switch; at < row->last_switch; at++)
            if (!choose_candidate(row->plan, scratch->switches.items + at))
                return DAMAGED;
    }
    for (int64_t number = 0; number < scratch->rows.count; number++) {
        const Row *row = scratch->rows.items + number;
        for (int64_t at = row->first_switch; at < row->last_switch; at++) {
            Switch *one = scratch->switches.items + at;
            if (!find_translation(row->plan, one))
                return DAMAGED;
            PREFETCH(row->plan->text + one->offset);
        }
    }
    return OK;
}
