/* Python strings to UTF-8 and back.
 *
 * The stable ABI does not show the characters of a string, so they are copied. PyUnicode_AsUTF8AndSize would keep a
 * copy in UTF-8 inside each string of the user, as long as the string lives; PyUnicode_AsUTF8String keeps none.
 */
#include "kernel.h"

#define HIGH_BITS 0x8080808080808080u

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

/* Whether a text is ASCII. Up to seven bytes after it are read. */
static inline bool is_ascii(const uint8_t *text, int64_t length)
{
    uint64_t all = 0;
    for (int64_t at = 0; at < length; at += 8)
        all |= keep_bytes(load8(text + at), length - at);
    return (all & HIGH_BITS) == 0;
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
    end_row(scratch, row);
    row->is_ascii = is_ascii(scratch->text.items + row->start, length);
    return OK;
}

/* Appends a Python string to the chunk. */
Status read_text(Scratch *scratch, PyObject *text)
{
    int64_t length = PyUnicode_GetLength(text);
    if (length > LARGEST / 4) /* of up to four bytes */
        return UNSUITABLE;
    PyObject *bytes = length < 0 ? NULL : PyUnicode_AsUTF8String(text);
    if (bytes == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
            return PYTHON_ERROR;
        PyErr_Clear(); /* a surrogate */
        return UNSUITABLE;
    }
    Status status = add_bytes(scratch, (const uint8_t *)PyBytes_AsString(bytes), PyBytes_Size(bytes));
    Py_DECREF(bytes);
    return status;
}

/* The number of ASCII bytes before the first other one, at most 16. 16 bytes are read, and 16 characters written. */
static inline int64_t widen_ascii(uint16_t *to, const uint8_t *from)
{
    uint64_t low = load8(from) & HIGH_BITS, high = load8(from + 8) & HIGH_BITS;
    for (int at = 0; at < 16; at++) /* compilers make a few vector instructions of it */
        to[at] = from[at];
    return low != 0 ? TRAILING_ZEROS(low) / 8 : high != 0 ? 8 + TRAILING_ZEROS(high) / 8 : 16;
}

/* Decodes the characters of two bytes that begin `from`, up to four of them; returns their number. Eight bytes are read
 * and four characters are written. SWAR: each lane of 16 bits is a character. */
static inline int64_t decode_pairs(uint16_t *to, const uint8_t *from)
{
    const uint64_t ones = 0x0001000100010001u;
    uint64_t bytes = load8(from);
    uint64_t other = (bytes & 0xC0E0 * ones) ^ 0x80C0 * ones;       /* 0 in a lane: 110xxxxx 10xxxxxx, ... */
    other |= ~((bytes & 0x1E * ones) + 0xFE * ones) & 0x100 * ones; /* ... of a code point from U+0080 on */
    uint64_t codes = (bytes & 0x1F * ones) << 6 | (bytes >> 8 & 0x3F * ones);
    for (int lane = 0; lane < 4; lane++)
        to[lane] = (uint16_t)(codes >> 16 * lane);
    return other == 0 ? 4 : TRAILING_ZEROS(other) / 16;
}

/* Decodes a character of three bytes; false if it is another one, or not valid. Three bytes are read. */
static inline bool decode_triple(uint16_t *to, const uint8_t *from)
{
    uint32_t code = (uint32_t)(from[0] & 0x0F) << 12 | (uint32_t)(from[1] & 0x3F) << 6 | (from[2] & 0x3F);
    *to = (uint16_t)code;
    return (from[0] & 0xF0) == 0xE0 && (from[1] & 0xC0) == 0x80 && (from[2] & 0xC0) == 0x80 && code >= 0x800 &&
           code >> 11 != 0x1B; /* a surrogate */
}

/* Decodes UTF-8 to characters of two bytes; returns their number, or -1 if one needs four bytes or is not valid. A zero
 * byte follows the text. Up to 16 bytes after it are read, and 16 characters more than it has bytes are written. */
static int64_t decode_narrow(uint16_t *characters, const uint8_t *from, const uint8_t *end)
{
    for (uint16_t *to = characters;;) {
        int64_t ascii = widen_ascii(to, from), pairs;
        to += ascii;
        from += ascii;
        if (from >= end)
            return to - characters - (from - end); /* the last block goes on after the text */
        if (ascii == 16)
            continue;
        const uint8_t *begun = from;
        do {
            pairs = decode_pairs(to, from);
            to += pairs;
            from += 2 * pairs;
        } while (pairs == 4);
        for (; *from >= 0xE0; to++, from += 3)
            if (!decode_triple(to, from))
                return -1;
        if (from == begun)
            return -1;
    }
}

/* Returns the switched text of a row as a Python string. Python decodes ASCII fastest; for other texts, its maker of
 * strings from characters is several times as fast as its decoder. */
PyObject *make_text(const Switcher *switcher, Scratch *scratch, const Row *row)
{
    const uint8_t *text = scratch->result.items + row->result_start;
    int64_t size = row->result_end - row->result_start;
    if (switcher->make_string != NULL && !is_ascii(text, size)) {
        if (!RESERVE(scratch->characters, size + 32))
            return PyErr_NoMemory();
        int64_t count = decode_narrow(scratch->characters.items, text, text + size);
        if (count >= 0)
            return switcher->make_string(2, scratch->characters.items, (Py_ssize_t)count);
    }
    return PyUnicode_DecodeUTF8((const char *)text, (Py_ssize_t)size, NULL);
}
