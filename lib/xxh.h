/* The xxHash library.  On x86 the library holds the same functions in SSE2, AVX2 and AVX-512; its
 * names without "_dispatch" are SSE2 everywhere.  Who hashes a few bytes at a time defines
 * XXH_INLINE_ALL before. */
#ifndef WEIR_XXH_H
#define WEIR_XXH_H

#include <xxhash.h>
#if defined(__x86_64__) && defined(__has_include) && !defined(XXH_INLINE_ALL)
#if __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>
#endif
#endif

#endif
