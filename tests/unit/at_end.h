/* Bytes behind which nothing can be read: a byte more is a signal, in vector instructions too, of
 * which sanitizers see nothing where a mask says how much they load. */
#ifndef WEIR_TESTS_AT_END_H
#define WEIR_TESTS_AT_END_H

#include <assert.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* The end of room for n bytes; it stays until the program ends. */
static uint8_t *room_to_end(size_t n)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), size = (n + page - 1) / page * page;
    uint8_t *p =
        mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(p != MAP_FAILED && !mprotect(p + size, page, PROT_NONE));
    return p + size;
}

#endif
