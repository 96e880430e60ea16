/* Draws, and the choice of language and candidate for each drawn unit. */
#include "kernel.h"

enum { AHEAD = 8 }; /* number of units whose groups are requested before they are read */

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

/* Chooses the group of each drawn unit; drops the units that stay after all. */
static Status choose_groups(Scratch *scratch)
{
    Switch *switches = scratch->switches.items;
    int64_t kept = 0, count = scratch->switches.count;
    for (int64_t number = 0; number < scratch->rows.count; number++) {
        Row *row = scratch->rows.items + number;
        const Plan *plan = row->plan;
        int64_t first_kept = kept, language = 0;
        for (int64_t at = row->first_switch; at < row->last_switch; at++) {
            int64_t first, size;
            if (at + AHEAD < count)
                PREFETCH(place_of(&plan->groups.starts, switches[at + AHEAD].term));
            if (!bounds(&plan->groups, switches[at].term, &first, &size))
                return DAMAGED;
            int64_t group = draw_group(plan, switches + at, first, size, &language);
            if (group < 0 || !is_switched(plan, switches[at].state, group))
                continue;
            if (UNLIKELY(group >= plan->group_count))
                return DAMAGED;
            PREFETCH(place_of(&plan->candidates.starts, group));
            switches[kept] = switches[at];
            switches[kept++].group = (int32_t)group;
        }
        row->first_switch = first_kept;
        row->last_switch = kept;
    }
    scratch->switches.count = kept;
    return OK;
}

/* Chooses the group and the candidate of each drawn unit, and finds its translation. */
Status choose_candidates(Scratch *scratch)
{
    Status status = choose_groups(scratch);
    if (status != OK)
        return status;
    for (int64_t number = 0; number < scratch->switches.count; number++) {
        Switch *one = scratch->switches.items + number;
        const Plan *plan = scratch->rows.items[one->row].plan;
        int64_t first, size;
        if (!bounds(&plan->candidates, one->group, &first, &size))
            return DAMAGED;
        int64_t candidate = plan->first_candidate
                                ? first
                                : draw_item(&plan->candidates, first, size, uniform(one->state, CANDIDATE_OUTPUT));
        one->candidate = (int32_t)candidate;
        PREFETCH(place_of(&plan->translations.starts, one->candidate));
    }
    for (int64_t number = 0; number < scratch->switches.count; number++) {
        Switch *one = scratch->switches.items + number;
        const Plan *plan = scratch->rows.items[one->row].plan;
        int64_t length;
        if (!bounds(&plan->translations, one->candidate, &one->offset, &length) || length > LARGEST)
            return DAMAGED;
        one->length = (uint32_t)length;
        PREFETCH(plan->text + one->offset);
    }
    return OK;
}
