/* The functions for Python; engine/kernel.py calls them and checks their arguments. */
#include "kernel.h"

#define CHUNK_BYTES (1 << 13)     /* the buffers of a chunk fit into the cache of a core */
#define RELEASED_BYTES (1 << 13)  /* from this size on, other threads may run meanwhile */
#define KEPT_BYTES (1 << 23)      /* larger buffers are not kept between batches */
#define PLAN_NAME "lexswitch.engine._kernel.plan"
#define SWITCHER_NAME "lexswitch.engine._kernel.switcher"
enum { AHEAD = 4 }; /* number of texts that are requested before they are read */
#define ADDRESS(number, type) ((const type *)(uintptr_t)(number))

/* -- buffers -------------------------------------------------------------------------------------------------------- */

static void free_scratch(Scratch *scratch)
{
    if (scratch == NULL)
        return;
    free(scratch->text.items);
    free(scratch->norms.items);
    free(scratch->result.items);
    free(scratch->characters.items);
    free(scratch->rows.items);
    free(scratch->words.items);
    free(scratch->spans.items);
    free(scratch->switches.items);
    free(scratch->nodes.items);
    free(scratch->pairs.items);
    free(scratch->inflected.items);
    free(scratch);
}

/* Takes the buffers of the last batch, or new ones. Only one thread at a time runs here. */
static Scratch *take_scratch(Switcher *switcher)
{
    Scratch *scratch = switcher->spare;
    switcher->spare = NULL;
    if (scratch == NULL)
        scratch = calloc(1, sizeof *scratch);
    if (scratch != NULL)
        scratch->word_count = scratch->covered = 0;
    return scratch;
}

static void give_back(Switcher *switcher, Scratch *scratch)
{
    bool is_small = scratch->text.capacity < KEPT_BYTES && scratch->words.capacity * (int64_t)sizeof(Word) < KEPT_BYTES;
    if (switcher->spare == NULL && is_small)
        switcher->spare = scratch;
    else
        free_scratch(scratch);
}

static Status begin_chunk(Scratch *scratch)
{
    scratch->rows.count = scratch->words.count = scratch->text.count = 0;
    if (!RESERVE(scratch->text, EDGE))
        return NO_MEMORY;
    memset(scratch->text.items, 0, EDGE);
    scratch->text.count = EDGE;
    return OK;
}

/* Zero bytes after the last text: words.c reads blocks of 64 bytes, and one block ahead. */
static Status end_chunk(Scratch *scratch)
{
    if (!RESERVE(scratch->text, 2 * EDGE))
        return NO_MEMORY;
    memset(scratch->text.items + scratch->text.count, 0, 2 * EDGE);
    return OK;
}

/* -- one chunk ------------------------------------------------------------------------------------------------------ */

/* Chooses the plan of each row, for which its stream is known. */
static void choose_plans(const Switcher *switcher, Scratch *scratch)
{
    for (int64_t number = 0; number < scratch->rows.count; number++) {
        Row *row = scratch->rows.items + number;
        int64_t plan = 0;
        if (switcher->text_languages != NULL) {
            double drawn = (double)(mix(row->stream) >> 11) * 0x1p-53; /* output 0 of the stream */
            plan = draw_by_weight(switcher->text_languages, switcher->plan_count, drawn);
        }
        row->plan = switcher->plans + plan;
    }
}

static Status match_and_splice(const Switcher *switcher, Scratch *scratch)
{
    apply_protection(scratch);
    Status status = match_and_draw(scratch);
    if (status == OK)
        status = choose_candidates(scratch);
    return status == OK ? splice_texts(switcher, scratch) : status;
}

/* Switches the texts of a chunk whose words are known. */
static Status switch_chunk(const Switcher *switcher, Scratch *scratch)
{
    choose_plans(switcher, scratch);
    if (scratch->text.count < RELEASED_BYTES)
        return match_and_splice(switcher, scratch);
    Status status;
    Py_BEGIN_ALLOW_THREADS
    status = match_and_splice(switcher, scratch);
    Py_END_ALLOW_THREADS
    return status;
}

/* Finds the words of a chunk and switches it. */
static Status process_chunk(const Switcher *switcher, Scratch *scratch)
{
    Status status = end_chunk(scratch);
    if (status == OK)
        status = find_protected_spans(switcher, scratch);
    if (status == OK)
        status = find_words(switcher, scratch);
    if (status == OK)
        status = normalise_odd_words(switcher, scratch);
    return status == OK ? switch_chunk(switcher, scratch) : status;
}

/* Returns NULL with an exception, or None if the NumPy engine must handle the batch. */
static PyObject *report(Status status)
{
    if (status == UNSUITABLE)
        Py_RETURN_NONE;
    if (status == NO_MEMORY)
        return PyErr_NoMemory();
    if (status == DAMAGED)
        PyErr_SetString(PyExc_IndexError, "the columns of the lexicon do not match; load it with verify=True");
    if (status == BAD_WORDS)
        PyErr_SetString(PyExc_ValueError, "the tokenizer returned words that are not sorted, are empty, overlap or cross "
                                          "the end of a text; use SpanTokenizer, which names the text");
    return NULL;
}

/* -- lists of str --------------------------------------------------------------------------------------------------- */

/* Sets the stream of a text. `keys` is a list of int, or NULL if the key is a hash of the text. */
static Status set_stream(PyObject *keys, Py_ssize_t number, const Scratch *scratch, Row *row, uint64_t seed)
{
    uint64_t key;
    if (keys == NULL) {
        key = text_key(scratch->text.items + row->start, row->end - row->start);
    } else {
        PyObject *item = PyList_GetItem(keys, number);
        if (item == NULL || !PyLong_CheckExact(item)) /* bool is another type */
            return PyErr_Clear(), UNSUITABLE;
        key = PyLong_AsUnsignedLongLongMask(item); /* modulo 2**64 */
    }
    row->stream = start_of_stream(key, seed);
    return OK;
}

/* Reads texts from number `first` on until the chunk is full; sets the number after the last. */
static Status read_chunk(Scratch *scratch, PyObject *texts, PyObject *keys, uint64_t seed, Py_ssize_t first,
                         Py_ssize_t count, Py_ssize_t *last)
{
    Status status = begin_chunk(scratch);
    for (*last = first; status == OK && *last < count && scratch->text.count < CHUNK_BYTES; ++*last) {
        PyObject *text = PyList_GetItem(texts, *last);
        if (*last + AHEAD < count)
            PREFETCH((const char *)PyList_GetItem(texts, *last + AHEAD) + 64); /* the second line of the cache */
        if (text == NULL || !PyUnicode_Check(text))
            return PyErr_Clear(), UNSUITABLE;
        status = read_text(scratch, text);
        if (status == OK)
            status = set_stream(keys, *last, scratch, scratch->rows.items + scratch->rows.count - 1, seed);
    }
    return status;
}

/* Replaces the texts of a chunk by the switched ones. A text without switches stays the same object. */
static Status put_texts(const Switcher *switcher, Scratch *scratch, PyObject *texts, Py_ssize_t first)
{
    for (int64_t number = 0; number < scratch->rows.count; number++) {
        const Row *row = scratch->rows.items + number;
        bool is_same = row->first_switch == row->last_switch;
        if (is_same && PyUnicode_CheckExact(PyList_GetItem(texts, first + number)))
            continue;
        PyObject *text = make_text(switcher, scratch, row);
        if (text == NULL || PyList_SetItem(texts, first + number, text) < 0)
            return PYTHON_ERROR;
    }
    return OK;
}

/* Switches the texts of a list in place. */
static Status switch_list(Switcher *switcher, Scratch *scratch, PyObject *texts, PyObject *keys, uint64_t seed)
{
    Py_ssize_t count = PyList_Size(texts);
    for (Py_ssize_t first = 0, last; first < count; first = last) {
        Status status = read_chunk(scratch, texts, keys, seed, first, count, &last);
        if (status == OK)
            status = process_chunk(switcher, scratch);
        if (status == OK)
            status = put_texts(switcher, scratch, texts, first);
        if (status == OK && scratch->text.count >= RELEASED_BYTES && PyErr_CheckSignals() < 0)
            status = PYTHON_ERROR;
        if (status != OK)
            return status;
    }
    return OK;
}

/* bound.apply(texts, keys, epoch) -> switched texts; (switched texts, words, covered words) if
 * there are many words; None if Python must handle the batch */
static PyObject *apply(PyObject *capsule, PyObject *const *args, Py_ssize_t count)
{
    if (count != 3)
        return PyErr_Format(PyExc_TypeError, "apply takes 3 arguments");
    Switcher *switcher = PyCapsule_GetPointer(capsule, SWITCHER_NAME);
    if (switcher == NULL)
        return NULL;
    PyObject *texts = args[0], *keys = args[1] == Py_None ? NULL : args[1], *epoch_given = args[2];
    if (!PyList_CheckExact(texts) || !PyLong_CheckExact(epoch_given) ||
        (keys != NULL && !(PyList_CheckExact(keys) && PyList_Size(keys) == PyList_Size(texts))))
        return report(UNSUITABLE);
    uint64_t epoch = PyLong_AsUnsignedLongLong(epoch_given);
    if (epoch == UINT64_MAX && PyErr_Occurred())
        return PyErr_Clear(), report(UNSUITABLE);
    PyObject *result = PyList_GetSlice(texts, 0, PyList_Size(texts)); /* other threads cannot change it */
    Scratch *scratch = result == NULL ? NULL : take_scratch(switcher);
    if (scratch == NULL) {
        Py_XDECREF(result);
        return PyErr_NoMemory();
    }
    Status status = switch_list(switcher, scratch, result, keys, mix(mix(switcher->seed) + epoch));
    long long words = scratch->word_count, covered = scratch->covered;
    give_back(switcher, scratch);
    if (status != OK) {
        Py_DECREF(result);
        return report(status);
    }
    return words < switcher->checked_words ? result : Py_BuildValue("NLL", result, words, covered);
}

/* -- buffers of UTF-8 ----------------------------------------------------------------------------------------------- */

/* The input of `switch_buffer`: texts in one buffer, their streams, and their words unless the kernel finds them. */
typedef struct {
    const uint8_t *buffer;
    const int64_t *starts;
    int64_t rows, gap; /* row i ends `gap` bytes before row i + 1 starts */
    bool is_recorded;  /* whether each switch gets a record */
    const uint64_t *streams; /* NULL if they come from `keys`, or from hashes of the texts if that is NULL too */
    const uint64_t *keys;
    uint64_t seed; /* mixed with the epoch */
    const int64_t *word_starts, *word_ends, *offsets, *lengths; /* NULL if the kernel finds the words */
    const uint8_t *joined, *norms;
    int64_t words;
} Input;

/* The output: texts in one buffer, and one record of seven numbers per switch. The buffer is a bytearray, which can grow
 * and needs no copy at the end. */
typedef struct {
    PyObject *buffer;
    int64_t count, capacity; /* bytes of the buffer */
    ARRAY(int64_t) starts;
    ARRAY(int64_t) records;
} Output;

enum { RECORD = 7 };

/* Appends the given words of the last row; `moved` is the distance from the input to the chunk. */
static Status add_given_words(const Input *input, Scratch *scratch, int64_t number, int64_t moved, int64_t *word)
{
    Row *row = scratch->rows.items + scratch->rows.count - 1;
    int64_t end = input->starts[number + 1] - input->gap;
    int64_t reached = input->starts[number];
    row->first_word = scratch->words.count;
    for (; *word < input->words && input->word_starts[*word] < end; ++*word) {
        int64_t word_start = input->word_starts[*word], word_end = input->word_ends[*word];
        int64_t norm = input->offsets[*word], length = input->lengths[*word];
        if (word_start < reached || word_end <= word_start || word_end > end)
            return BAD_WORDS;
        if (norm > INT32_MAX - LARGEST || length > LARGEST)
            return UNSUITABLE;
        if (!RESERVE(scratch->words, 1))
            return NO_MEMORY;
        reached = word_end;
        scratch->words.items[scratch->words.count++] = (Word){.start = (int32_t)(word_start + moved),
                                                              .end = (int32_t)(word_end + moved),
                                                              .norm = (int32_t)norm,
                                                              .length = (uint32_t)length,
                                                              .joined = input->joined[*word]};
    }
    row->last_word = scratch->words.count;
    if (row->last_word > row->first_word)
        scratch->words.items[row->last_word - 1].joined = false;
    scratch->norm_base = input->norms;
    return OK;
}

/* Sets the stream of the last row. */
static void set_row_stream(const Input *input, Scratch *scratch, int64_t number)
{
    Row *row = scratch->rows.items + scratch->rows.count - 1;
    if (input->streams != NULL) {
        row->stream = input->streams[number];
        return;
    }
    const uint8_t *text = scratch->text.items + row->start;
    row->stream = start_of_stream(input->keys != NULL ? input->keys[number] : text_key(text, row->end - row->start),
                                  input->seed);
}

static Status read_rows(const Input *input, Scratch *scratch, int64_t first, int64_t *last, int64_t *word)
{
    Status status = begin_chunk(scratch);
    for (*last = first; status == OK && *last < input->rows && scratch->text.count < CHUNK_BYTES; ++*last) {
        int64_t start = input->starts[*last], end = input->starts[*last + 1] - input->gap;
        int64_t moved = scratch->text.count - start;
        status = add_bytes(scratch, input->buffer + start, end - start);
        if (status != OK)
            return status;
        set_row_stream(input, scratch, *last);
        if (input->word_starts != NULL)
            status = add_given_words(input, scratch, *last, moved, word);
    }
    return status;
}

/* Makes room for `more` bytes in the buffer, and for one start; false if memory runs out. */
static bool make_room(Output *output, int64_t more)
{
    int64_t size = output->capacity + output->capacity / 2, needed = output->count + more;
    if (!RESERVE(output->starts, 1))
        return false;
    if (needed <= output->capacity)
        return true;
    size = size < needed ? needed : size;
    if (PyByteArray_Resize(output->buffer, (Py_ssize_t)size) < 0)
        return PyErr_Clear(), false; /* as NO_MEMORY */
    output->capacity = size;
    return true;
}

/* Appends the records of the switches of a row, which are places in the whole input and output. */
static Status put_records(const Scratch *scratch, const Row *row, int64_t to_source, int64_t to_result, Output *output)
{
    if (!RESERVE(output->records, RECORD * (row->last_switch - row->first_switch)))
        return NO_MEMORY;
    for (int64_t at = row->first_switch; at < row->last_switch; at++) {
        const Switch *one = scratch->switches.items + at;
        int64_t *record = output->records.items + output->records.count;
        record[0] = scratch->words.items[one->first_word].start + to_source;
        record[1] = scratch->words.items[one->last_word].end + to_source;
        record[2] = one->node;
        record[3] = one->group;
        record[4] = one->candidate >= 0 ? one->candidate : first_candidate(row->plan, one->group);
        if (record[4] < 0)
            return DAMAGED;
        record[5] = one->start + to_result;
        record[6] = one->end + to_result;
        output->records.count += RECORD;
    }
    return OK;
}

/* Appends the switched rows of a chunk, and the records of their switches if they are asked for. */
static Status put_rows(const Input *input, const Scratch *scratch, int64_t first, Output *output)
{
    for (int64_t number = 0; number < scratch->rows.count; number++) {
        const Row *row = scratch->rows.items + number;
        int64_t size = row->result_end - row->result_start, start = output->count;
        if (!make_room(output, size + input->gap))
            return NO_MEMORY;
        char *to = PyByteArray_AsString(output->buffer) + start;
        memcpy(to, scratch->result.items + row->result_start, (size_t)size);
        memset(to + size, 0, (size_t)input->gap);
        output->count += size + input->gap;
        output->starts.items[output->starts.count++] = output->count;
        if (!input->is_recorded)
            continue;
        int64_t to_source = input->starts[first + number] - row->start, to_result = start - row->result_start;
        Status status = put_records(scratch, row, to_source, to_result, output);
        if (status != OK)
            return status;
    }
    return OK;
}

static Status switch_rows(const Switcher *switcher, Scratch *scratch, const Input *input, Output *output)
{
    int64_t size = input->starts[input->rows] - input->starts[0]; /* room for most results, so that few are moved */
    output->buffer = PyByteArray_FromStringAndSize(NULL, 0);
    if (output->buffer == NULL || !RESERVE(output->starts, input->rows + 1) || !make_room(output, size + size / 4 + 1))
        return PyErr_Clear(), NO_MEMORY;
    *PyByteArray_AsString(output->buffer) = 0;
    output->count = input->gap; /* a zero byte before and after each row, if there are gaps */
    output->starts.items[output->starts.count++] = output->count;
    int64_t word = 0;
    for (int64_t first = 0, last; first < input->rows; first = last) {
        Status status = read_rows(input, scratch, first, &last, &word);
        if (status == OK && input->word_starts == NULL)
            status = process_chunk(switcher, scratch);
        else if (status == OK) {
            scratch->spans.count = 0;
            status = end_chunk(scratch);
            status = status == OK ? switch_chunk(switcher, scratch) : status;
        }
        if (status == OK)
            status = put_rows(input, scratch, first, output);
        if (status == OK && PyErr_CheckSignals() < 0)
            status = PYTHON_ERROR;
        if (status != OK)
            return status;
    }
    return OK;
}

enum { PADDING = 8 }; /* zero bytes after the buffer */

/* Returns the output as Python objects; the buffer gets its size and padding. */
static PyObject *outcome(const Scratch *scratch, Output *output)
{
    if (PyByteArray_Resize(output->buffer, (Py_ssize_t)(output->count + PADDING)) < 0)
        return NULL;
    memset(PyByteArray_AsString(output->buffer) + output->count, 0, PADDING);
    return Py_BuildValue("Oy#y#LL", output->buffer, (const char *)output->starts.items,
                         (Py_ssize_t)(output->starts.count * 8),
                         output->records.count ? (const char *)output->records.items : "",
                         (Py_ssize_t)(output->records.count * 8), (long long)scratch->word_count,
                         (long long)scratch->covered);
}

/* switch_buffer(switcher, buffer, starts, rows, gap, streams, keys, epoch, words or None)
 * -> (buffer, starts, records, words, covered words). All arrays are addresses; words are
 * (count, starts, ends, joined, norms, offsets, lengths). */
static PyObject *switch_buffer(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *capsule, *words;
    unsigned long long buffer, starts, streams, keys, epoch, each[6] = {0};
    long long rows, gap, count = 0;
    if (!PyArg_ParseTuple(args, "OKKLLKKKO", &capsule, &buffer, &starts, &rows, &gap, &streams, &keys, &epoch,
                          &words))
        return NULL;
    if (words != Py_None && !PyArg_ParseTuple(words, "LKKKKKK", &count, each, each + 1, each + 2, each + 3, each + 4,
                                              each + 5))
        return NULL;
    Switcher *switcher = PyCapsule_GetPointer(capsule, SWITCHER_NAME);
    if (switcher == NULL)
        return NULL;
    Input input = {
        .buffer = ADDRESS(buffer, uint8_t),
        .starts = ADDRESS(starts, int64_t),
        .rows = rows,
        .gap = gap,
        .is_recorded = gap > 0, /* Arrow's layout has no gaps, and needs no records */
        .streams = ADDRESS(streams, uint64_t),
        .keys = ADDRESS(keys, uint64_t),
        .seed = mix(mix(switcher->seed) + epoch),
        .words = count,
        .word_starts = ADDRESS(each[0], int64_t),
        .word_ends = ADDRESS(each[1], int64_t),
        .joined = ADDRESS(each[2], uint8_t),
        .norms = ADDRESS(each[3], uint8_t),
        .offsets = ADDRESS(each[4], int64_t),
        .lengths = ADDRESS(each[5], int64_t),
    };
    Scratch *scratch = take_scratch(switcher);
    if (scratch == NULL)
        return PyErr_NoMemory();
    Output output = {0};
    Status status = switch_rows(switcher, scratch, &input, &output);
    PyObject *result = status == OK ? outcome(scratch, &output) : report(status);
    Py_XDECREF(output.buffer);
    free(output.starts.items);
    free(output.records.items);
    give_back(switcher, scratch);
    return result;
}

/* -- plans and switchers -------------------------------------------------------------------------------------------- */

static void free_plan(PyObject *capsule)
{
    free(PyCapsule_GetPointer(capsule, PLAN_NAME));
}

/* The numbers of `plan`, in the order in which engine/kernel.py passes them. */
enum {
    WORD_SLOTS, WORD_BITS, SALT, LONGEST_WORD, FIRST_FORM, TOTAL, RECORDS, FLAGS,
    WORD_BUFFER, WORD_BUFFER_SIZE, FORM_BUFFER, FORM_BUFFER_SIZE, BASES,
    EDGE_SLOTS, EDGE_BITS, FILTER, FILTER_WORDS, LONGEST_PHRASE, TERMS, NODES, IS_WHOLE, PLACES,
    GROUPS, GROUPS_COUNT, GROUPS_WIDE, GROUP_WEIGHTS, GROUP_NUMBERS, GROUP_NUMBERS_COUNT, GROUP_NUMBERS_WIDE,
    LANGUAGES_OF, GROUP_COUNT, ENABLED, ENABLED_COUNT, LANGUAGES, LANGUAGE_WEIGHTS, LIMITS, ONE_LIMIT,
    HIGHEST_LIMIT, NEVER, CHAIN, CANDIDATES, CANDIDATES_COUNT, CANDIDATES_WIDE, CANDIDATE_WEIGHTS, FIRST_CANDIDATE,
    TRANSLATIONS, TRANSLATIONS_COUNT, TRANSLATIONS_WIDE, TEXT, TEXT_SIZE, MATCH_CASE, DOTLESS, IS_COUNTED, PLAN_NUMBERS
};

/* `given` is p, stay and enter, or NULL. */
static Chain chain_at(const double *given)
{
    return given == NULL ? (Chain){false, 0, 0, 0} : (Chain){true, given[0], given[1], given[2]};
}

/* Three numbers: address, count and width. */
static Numbers numbers_at(const unsigned long long *given)
{
    return (Numbers){ADDRESS(given[0], void), (int64_t)given[1], given[2] != 0};
}

/* The greatest value of a word in its table, given the count of numbers: the last number with all flags. */
static uint32_t greatest_value(unsigned long long total)
{
    return total > INT32_MAX >> FLAG_BITS ? INT32_MAX : (uint32_t)(total << FLAG_BITS) - 1;
}

static void fill_plan(Plan *plan, const unsigned long long *given)
{
    *plan = (Plan){
        .words = {ADDRESS(given[WORD_SLOTS], uint64_t), 64 - (int)given[WORD_BITS],
                  ((uint64_t)1 << given[WORD_BITS]) - 1},
        .salt = given[SALT],
        .longest = (int64_t)given[LONGEST_WORD],
        .first_form = (int64_t)given[FIRST_FORM],
        .greatest_value = greatest_value(given[TOTAL]),
        .records = ADDRESS(given[RECORDS], uint64_t),
        .flags = ADDRESS(given[FLAGS], uint8_t),
        .buffers = {ADDRESS(given[WORD_BUFFER], uint8_t), ADDRESS(given[FORM_BUFFER], uint8_t)},
        .buffer_sizes = {(int64_t)given[WORD_BUFFER_SIZE], (int64_t)given[FORM_BUFFER_SIZE]},
        .bases = ADDRESS(given[BASES], int32_t),
        .edges = {ADDRESS(given[EDGE_SLOTS], uint64_t), 64 - (int)given[EDGE_BITS],
                  ((uint64_t)1 << given[EDGE_BITS]) - 1},
        .filter = ADDRESS(given[FILTER], uint64_t),
        .filter_last = given[FILTER_WORDS] - 1,
        .longest_phrase = (int64_t)given[LONGEST_PHRASE],
        .terms = ADDRESS(given[TERMS], int32_t),
        .nodes = (int64_t)given[NODES],
        .is_whole = given[IS_WHOLE] != 0,
        .has_groups = given[IS_WHOLE] != 0 && given[GROUP_NUMBERS] == 0,
        .places = ADDRESS(given[PLACES], uint64_t),
        .groups = {.starts = numbers_at(given + GROUPS),
                   .weights = ADDRESS(given[GROUP_WEIGHTS], double),
                   .items = (int64_t)given[given[GROUP_NUMBERS] ? GROUP_NUMBERS_COUNT : GROUP_COUNT]},
        .group_numbers = numbers_at(given + GROUP_NUMBERS),
        .languages_of = ADDRESS(given[LANGUAGES_OF], uint16_t),
        .group_count = (int64_t)given[GROUP_COUNT],
        .enabled = ADDRESS(given[ENABLED], int64_t),
        .enabled_count = (int64_t)given[ENABLED_COUNT],
        .languages = (int64_t)given[LANGUAGES],
        .language_weights = ADDRESS(given[LANGUAGE_WEIGHTS], double),
        .limits = ADDRESS(given[LIMITS], uint64_t),
        .one_limit = given[ONE_LIMIT] != 0,
        .never = given[NEVER] != 0,
        .highest_limit = given[HIGHEST_LIMIT],
        .chain = chain_at(ADDRESS(given[CHAIN], double)),
        .candidates = {.starts = numbers_at(given + CANDIDATES),
                       .weights = ADDRESS(given[CANDIDATE_WEIGHTS], double),
                       .items = (int64_t)given[TRANSLATIONS_COUNT] - 1},
        .first_candidate = given[FIRST_CANDIDATE] != 0,
        .translations = {.starts = numbers_at(given + TRANSLATIONS),
                         .gap = 1,
                         .items = (int64_t)given[TEXT_SIZE] - 8}, /* up to eight bytes after a translation are read */
        .text = ADDRESS(given[TEXT], uint8_t),
        .text_size = (int64_t)given[TEXT_SIZE],
        .match_case = given[MATCH_CASE] != 0,
        .has_pronoun_i = given[MATCH_CASE] == 2,
        .dotless = ADDRESS(given[DOTLESS], uint8_t),
        .is_counted = given[IS_COUNTED] != 0,
    };
}

/* plan(numbers) -> capsule */
static PyObject *make_plan(PyObject *module, PyObject *numbers)
{
    (void)module;
    unsigned long long given[PLAN_NUMBERS];
    if (PyTuple_Size(numbers) != PLAN_NUMBERS)
        return PyErr_Format(PyExc_ValueError, "plan takes %d numbers", (int)PLAN_NUMBERS);
    for (int number = 0; number < PLAN_NUMBERS; number++)
        given[number] = PyLong_AsUnsignedLongLong(PyTuple_GetItem(numbers, number));
    if (PyErr_Occurred())
        return NULL;
    if (given[TRANSLATIONS_COUNT] > INT32_MAX || given[GROUP_COUNT] > INT32_MAX)
        return PyErr_Format(PyExc_ValueError, "a plan has at most 2**31 - 1 pairs");
    Plan *plan = malloc(sizeof *plan);
    if (plan == NULL)
        return PyErr_NoMemory();
    fill_plan(plan, given);
    return PyCapsule_New(plan, PLAN_NAME, free_plan);
}

static void free_switcher(PyObject *capsule)
{
    Switcher *switcher = PyCapsule_GetPointer(capsule, SWITCHER_NAME);
    Py_XDECREF(switcher->normalise);
    Py_XDECREF(switcher->find_protected);
    free_scratch(switcher->spare);
    free(switcher->plans);
    free(switcher);
}

static bool copy_plans(Switcher *switcher, PyObject *plans)
{
    for (Py_ssize_t number = 0; number < switcher->plan_count; number++) {
        Plan *plan = PyCapsule_GetPointer(PyTuple_GetItem(plans, number), PLAN_NAME);
        if (plan == NULL)
            return false;
        switcher->plans[number] = *plan;
    }
    return true;
}

/* switcher(plans, text languages, fold, title, flags, has dotless i, splits characters, normalise, find_protected or
 * None, address of PyUnicode_FromKindAndData or 0, seed, checked words) -> capsule */
static PyObject *make_switcher(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *plans, *normalise, *find_protected;
    unsigned long long languages, fold, title, flags, make_string, seed;
    long long checked_words;
    int has_dotless_i, splits_characters;
    if (!PyArg_ParseTuple(args, "OKKKKppOOKKL", &plans, &languages, &fold, &title, &flags, &has_dotless_i, &splits_characters,
                          &normalise, &find_protected, &make_string, &seed, &checked_words))
        return NULL;
    Py_ssize_t count = PyTuple_Size(plans);
    if (count < 1)
        return PyErr_Format(PyExc_ValueError, "plans must be a tuple of plans");
    Switcher *switcher = calloc(1, sizeof *switcher);
    if (switcher == NULL)
        return PyErr_NoMemory();
    PyObject *capsule = PyCapsule_New(switcher, SWITCHER_NAME, free_switcher);
    if (capsule == NULL) {
        free(switcher);
        return NULL;
    }
    switcher->plans = calloc((size_t)count, sizeof *switcher->plans);
    switcher->plan_count = count;
    switcher->text_languages = ADDRESS(languages, double);
    switcher->characters = (Characters){ADDRESS(fold, int32_t), ADDRESS(title, int32_t), ADDRESS(flags, int32_t)};
    switcher->has_dotless_i = has_dotless_i;
    switcher->splits_characters = splits_characters;
    switcher->make_string = (StringMaker)(uintptr_t)make_string;
    switcher->seed = seed;
    switcher->checked_words = checked_words;
    switcher->protects = find_protected != Py_None;
    Py_INCREF(normalise);
    Py_INCREF(find_protected);
    switcher->normalise = normalise;
    switcher->find_protected = find_protected;
    if (switcher->plans == NULL || !copy_plans(switcher, plans)) {
        Py_DECREF(capsule);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    return capsule;
}

static PyMethodDef apply_method = {"apply", (PyCFunction)(void (*)(void))apply, METH_FASTCALL, "Switch a list of str."};

/* apply(switcher) -> function that switches lists. Its capsule is its `self`, which costs less than an argument. */
static PyObject *bind_apply(PyObject *module, PyObject *capsule)
{
    (void)module;
    return PyCapsule_IsValid(capsule, SWITCHER_NAME) ? PyCFunction_NewEx(&apply_method, capsule, NULL)
                                                     : PyErr_Format(PyExc_TypeError, "apply takes a switcher");
}

static PyMethodDef functions[] = {
    {"plan", make_plan, METH_O, "Return a plan for `switcher`."},
    {"switcher", make_switcher, METH_VARARGS, "Return a switcher for `apply` and `switch_buffer`."},
    {"apply", bind_apply, METH_O, "Return a function that switches lists of str."},
    {"switch_buffer", switch_buffer, METH_VARARGS, "Switch texts in one buffer."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "lexswitch.engine._kernel",
    .m_doc = "The compiled engine.",
    .m_size = 0,
    .m_methods = functions,
};

PyMODINIT_FUNC PyInit__kernel(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL && PyModule_AddIntConstant(module, "INTERFACE", INTERFACE) < 0)
        Py_CLEAR(module);
    return module;
}
