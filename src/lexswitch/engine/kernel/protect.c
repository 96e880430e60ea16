/* Protected spans: the matches of the default pattern of text/protection.py. */
#include "kernel.h"

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#endif

/* The functions below match parts of the pattern in ASCII text. They return the end of the match, or -1. */

static inline bool is_name(uint8_t byte) /* \w */
{
    return (uint8_t)((byte | 0x20) - 'a') < 26 || (uint8_t)(byte - '0') < 10 || byte == '_';
}

static inline bool is_space(uint8_t byte) /* \s */
{
    return byte == ' ' || (byte >= 0x09 && byte <= 0x0D) || (byte >= 0x1C && byte <= 0x1F);
}

static inline bool is_local(uint8_t byte) /* [\w.+-] */
{
    return is_name(byte) || byte == '.' || byte == '+' || byte == '-';
}

static inline bool begins_with(const uint8_t *text, int64_t at, int64_t end, const char *prefix, int64_t length)
{
    return end - at >= length && memcmp(text + at, prefix, (size_t)length) == 0;
}

/* (?: https?:// | ftp:// | www\. ) \S+ */
static int64_t match_address(const uint8_t *text, int64_t at, int64_t end)
{
    int64_t behind = begins_with(text, at, end, "http://", 7)    ? at + 7
                     : begins_with(text, at, end, "https://", 8) ? at + 8
                     : begins_with(text, at, end, "ftp://", 6)   ? at + 6
                     : begins_with(text, at, end, "www.", 4)     ? at + 4
                                                                 : -1;
    if (behind < 0)
        return -1;
    int64_t last = behind;
    while (last < end && !is_space(text[last]))
        last++;
    return last > behind ? last : -1;
}

/* @ \w[\w-]* (?: \.[\w-]+ )+ after the local part */
static int64_t match_domain(const uint8_t *text, int64_t at, int64_t end)
{
    if (at + 1 >= end || text[at] != '@' || !is_name(text[at + 1]))
        return -1;
    int64_t last = at + 2, matched = -1;
    while (last < end && (is_name(text[last]) || text[last] == '-'))
        last++;
    while (last + 1 < end && text[last] == '.' && (is_name(text[last + 1]) || text[last + 1] == '-')) {
        for (last += 2; last < end && (is_name(text[last]) || text[last] == '-');)
            last++;
        matched = last;
    }
    return matched;
}

/* [@\#] \w+ */
static int64_t match_tag(const uint8_t *text, int64_t at, int64_t end)
{
    int64_t last = at + 1;
    while (last < end && is_name(text[last]))
        last++;
    return last > at + 1 ? last : -1;
}

/* < [^<>\s]+ > */
static int64_t match_markup(const uint8_t *text, int64_t at, int64_t end)
{
    int64_t last = at + 1;
    while (last < end && text[last] != '<' && text[last] != '>' && !is_space(text[last]))
        last++;
    return last > at + 1 && last < end && text[last] == '>' ? last + 1 : -1;
}

/* \[ (?: CLS | SEP | MASK | PAD | UNK | BOS | EOS ) \] */
static int64_t match_token(const uint8_t *text, int64_t at, int64_t end)
{
    static const char *const tokens[] = {"[CLS]", "[SEP]", "[PAD]", "[UNK]", "[BOS]", "[EOS]"};
    if (begins_with(text, at, end, "[MASK]", 6))
        return at + 6;
    for (int number = 0; number < 6; number++)
        if (begins_with(text, at, end, tokens[number], 5))
            return at + 5;
    return -1;
}

static Status add_span(Scratch *scratch, int64_t start, int64_t end)
{
    if (!RESERVE(scratch->spans, 1))
        return NO_MEMORY;
    scratch->spans.items[scratch->spans.count++] = (Span){start, end};
    return OK;
}

/* Finds the spans of an ASCII text. The local part of an e-mail address begins where a run of its characters begins, so
 * each run is read once. */
static Status find_in_ascii(Scratch *scratch, const Row *row)
{
    const uint8_t *text = scratch->text.items;
    int64_t end = row->end, run_end = row->start;
    for (int64_t at = row->start; at < end;) {
        uint8_t byte = text[at];
        int64_t behind = byte == 'h' || byte == 'f' || byte == 'w' ? match_address(text, at, end) : -1;
        if (behind < 0 && at >= run_end && is_local(byte)) {
            for (run_end = at; run_end < end && is_local(text[run_end]);)
                run_end++;
            if (at == row->start || !is_local(text[at - 1]))
                behind = match_domain(text, run_end, end);
        }
        if (behind < 0)
            behind = byte == '@' || byte == '#' ? match_tag(text, at, end)
                     : byte == '<'              ? match_markup(text, at, end)
                     : byte == '['              ? match_token(text, at, end)
                                                : -1;
        if (behind >= 0 && add_span(scratch, at, behind) != OK)
            return NO_MEMORY;
        at = behind < 0 ? at + 1 : behind;
    }
    return OK;
}

/* Asks Python for the spans of a text beyond ASCII. */
static Status ask_python(const Switcher *switcher, Scratch *scratch, const Row *row)
{
    const char *text = (const char *)scratch->text.items + row->start;
    PyObject *found = PyObject_CallFunction(switcher->find_protected, "y#", text, (Py_ssize_t)(row->end - row->start));
    if (found == NULL)
        return PYTHON_ERROR;
    Status status = OK;
    Py_ssize_t size = PyList_Size(found); /* start, end, start, end, ... */
    for (Py_ssize_t at = 0; at + 1 < size && status == OK; at += 2) {
        int64_t start = PyLong_AsLongLong(PyList_GetItem(found, at));
        int64_t end = PyLong_AsLongLong(PyList_GetItem(found, at + 1));
        status = add_span(scratch, row->start + start, row->start + end);
    }
    Py_DECREF(found);
    return PyErr_Occurred() ? PYTHON_ERROR : status;
}

#if defined(__SSE2__) || defined(_M_X64)
/* The first 16 bytes from `at` on that may have a sign, or the end. A doubled "/" or "w" is found by a comparison with
 * the bytes that follow. */
static int64_t skip_unsigned(const uint8_t *text, int64_t at, int64_t end)
{
    for (; at < end; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(text + at));
        __m128i next = _mm_loadu_si128((const __m128i *)(text + at + 1));
        __m128i doubled = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('/')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('w')));
        __m128i signs = _mm_and_si128(doubled, _mm_cmpeq_epi8(bytes, next));
        signs = _mm_or_si128(signs, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('@')));
        signs = _mm_or_si128(signs, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('#')));
        signs = _mm_or_si128(signs, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('<')));
        signs = _mm_or_si128(signs, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('[')));
        if (_mm_movemask_epi8(signs))
            return at;
    }
    return end;
}
#else
static int64_t skip_unsigned(const uint8_t *text, int64_t at, int64_t end)
{
    (void)text, (void)end;
    return at;
}
#endif

/* Whether a match of the pattern is possible: each has one of these signs. */
static bool has_sign(const uint8_t *text, const Row *row)
{
    for (int64_t at = skip_unsigned(text, row->start, row->end); at < row->end; at++) {
        uint8_t byte = text[at], next = text[at + 1]; /* a zero byte follows the text */
        switch (byte) {
        case '@':
        case '#':
            if (next >= 0x80 || is_name(next))
                return true;
            break;
        case '<':
            if (next != '<' && next != '>' && !is_space(next))
                return true;
            break;
        case '[':
            if (next != 0 && strchr("BCEMPSU", next))
                return true;
            break;
        case '/':
            if (next == '/')
                return true;
            break;
        case 'w':
            if (next == 'w')
                return true;
            break;
        default:
            break;
        }
    }
    return false;
}

/* Finds the protected spans of all rows of a chunk. */
Status find_protected_spans(const Switcher *switcher, Scratch *scratch)
{
    scratch->spans.count = 0;
    for (int64_t number = 0; switcher->protects && number < scratch->rows.count; number++) {
        const Row *row = scratch->rows.items + number;
        if (!has_sign(scratch->text.items, row))
            continue;
        Status status = row->is_ascii ? find_in_ascii(scratch, row) : ask_python(switcher, scratch, row);
        if (status != OK)
            return status;
    }
    return OK;
}

/* Gives the words that overlap a protected span length 0, so that they match nothing, and parts phrases there. */
void apply_protection(Scratch *scratch)
{
    Word *words = scratch->words.items;
    int64_t at = 0;
    for (int64_t number = 0; number < scratch->spans.count; number++) {
        Span span = scratch->spans.items[number];
        while (at < scratch->words.count && words[at].end <= span.start)
            at++;
        if (at > 0)
            words[at - 1].joined = false;
        for (int64_t word = at; word < scratch->words.count && words[word].start < span.end; word++)
            words[word].length = 0;
    }
}
