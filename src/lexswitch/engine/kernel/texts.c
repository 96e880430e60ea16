/* Python strings to UTF-8 and back.
 *
 * The stable ABI does not show the characters of a string, so they are copied. PyUnicode_AsUTF8AndSize would keep a
 * copy in UTF-8 inside each string of the user, as long as the string lives.
 */
#include "kernel.h"

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#endif

/* Makes an array larger, at least by half. `items` is the address of the pointer to its items, which may have any type;
 * so the pointer is read and written as bytes. */
bool grow(void *items, int64_t *capacity, size_t item, int64_t count)
{
    int64_t size = *capacity + *capacity / 2;
    size = size < count ? count : size;
    size = size < 64 ? 64 : size;
    if ((uint64_t)size > (uint64_t)PTRDIFF_MAX / item)
        return false;
    void *old, *new;
    memcpy(&old, items, sizeof old);
    new = realloc(old, (size_t)size * item);
    if (new == NULL)
        return false;
    memcpy(items, &new, sizeof new);
    *capacity = size;
    return true;
}

/* Copies characters up to the first one beyond ASCII; returns their number. */
static int64_t copy_ascii(uint8_t *to, const uint32_t *codes, int64_t count)
{
    int64_t at = 0;
#if defined(__SSE2__) || defined(_M_X64)
    for (; at + 16 <= count; at += 16) {
        const __m128i *from = (const __m128i *)(codes + at);
        __m128i a = _mm_loadu_si128(from), b = _mm_loadu_si128(from + 1);
        __m128i c = _mm_loadu_si128(from + 2), d = _mm_loadu_si128(from + 3);
        __m128i all = _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d));
        __m128i high = _mm_and_si128(all, _mm_set1_epi32(~0x7F));
        if (_mm_movemask_epi8(_mm_cmpeq_epi32(high, _mm_setzero_si128())) != 0xFFFF)
            break;
        _mm_storeu_si128((__m128i *)(to + at), _mm_packus_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d)));
    }
#endif
    for (; at < count && codes[at] < 0x80; at++)
        to[at] = (uint8_t)codes[at];
    return at;
}

/* Appends characters in UTF-8, for which there is room; false if one is a surrogate. */
static bool add_wide(Scratch *scratch, const uint32_t *codes, int64_t count)
{
    uint8_t *to = scratch->text.items + scratch->text.count;
    for (int64_t at = 0; at < count; at++) {
        uint32_t code = codes[at];
        int width = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        if (code >= 0xD800 && code <= 0xDFFF)
            return false;
        encode(to, code, width);
        to += width;
    }
    scratch->text.count = to - scratch->text.items;
    return true;
}

static Row *add_row(Scratch *scratch)
{
    if (!RESERVE(scratch->rows, 1))
        return NULL;
    Row *row = scratch->rows.items + scratch->rows.count++;
    *row = (Row){.start = scratch->text.count, .is_ascii = true};
    return row;
}

/* Ends a row, for which there is room. A zero byte follows each text; eight bytes can be read at any place. */
static void end_row(Scratch *scratch, Row *row)
{
    row->end = scratch->text.count;
    memset(scratch->text.items + scratch->text.count++, 0, 8);
}

/* Appends a Python string to the chunk. */
Status read_text(Scratch *scratch, PyObject *text)
{
    int64_t length = PyUnicode_GetLength(text);
    scratch->codes.count = 0;
    if (length < 0)
        return PYTHON_ERROR;
    if (length > LARGEST / 4) /* of up to four bytes */
        return UNSUITABLE;
    Row *row = add_row(scratch);
    if (row == NULL || !RESERVE(scratch->codes, length + 1) || !RESERVE(scratch->text, length + 8))
        return NO_MEMORY;
    const uint32_t *codes = scratch->codes.items;
    if (PyUnicode_AsUCS4(text, scratch->codes.items, (Py_ssize_t)scratch->codes.capacity, 0) == NULL)
        return PYTHON_ERROR;
    int64_t ascii = copy_ascii(scratch->text.items + scratch->text.count, codes, length);
    scratch->text.count += ascii;
    row->is_ascii = ascii == length;
    if (!row->is_ascii) {
        if (!RESERVE(scratch->text, 4 * (length - ascii) + 8))
            return NO_MEMORY;
        if (!add_wide(scratch, codes + ascii, length - ascii))
            return UNSUITABLE;
    }
    end_row(scratch, row);
    return OK;
}

/* Appends a text in UTF-8 to the chunk. */
Status add_bytes(Scratch *scratch, const uint8_t *text, int64_t length)
{
    if (length > LARGEST)
        return UNSUITABLE;
    Row *row = add_row(scratch);
    if (row == NULL || !RESERVE(scratch->text, length + 8))
        return NO_MEMORY;
    memcpy(scratch->text.items + scratch->text.count, text, (size_t)length);
    scratch->text.count += length;
    uint64_t high = 0;
    for (int64_t at = 0; at < length; at++)
        high |= text[at];
    row->is_ascii = high < 0x80;
    end_row(scratch, row);
    return OK;
}

/* Returns the switched text of a row as a Python string. */
PyObject *make_text(Scratch *scratch, const Row *row)
{
    const char *text = (const char *)scratch->result.items + row->result_start;
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)(row->result_end - row->result_start), NULL);
}
