/* IEEE 754 binary16 and bfloat16 in plain integer arithmetic; round to nearest, ties to even. */
#ifndef WEIR_INFER_HALF_H
#define WEIR_INFER_HALF_H

#include <stdint.h>
#include <string.h>

static inline float float_of_bits(uint32_t u)
{
    float f;
    memcpy(&f, &u, sizeof f);
    return f;
}

static inline uint32_t bits_of_float(float f)
{
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    return u;
}

static inline float half_to_float(uint16_t h)
{
    const uint32_t sign = (uint32_t)(h & 0x8000) << 16, rest = h & 0x7FFF;
    if (rest >= 0x7C00) // infinity, NaN
        return float_of_bits(sign | 0x7F800000 | (rest & 0x3FF) << 13);
    if (rest >= 0x0400)
        return float_of_bits(sign | ((rest << 13) + (112u << 23)));
    /* Subnormal: rest * 2^-24, exact as a float. */
    const float f = (float)rest * 0x1p-24f;
    return float_of_bits(sign | bits_of_float(f));
}

static inline uint16_t half_from_float(float f)
{
    const uint32_t u = bits_of_float(f), a = u & 0x7FFFFFFF;
    const uint16_t sign = (uint16_t)(u >> 16 & 0x8000);
    if (a > 0x7F800000)
        return (uint16_t)(sign | 0x7E00 | (a >> 13 & 0x3FF));
    if (a >= 0x477FF000) // rounds to 65536 or more
        return sign | 0x7C00;
    if (a < 0x38800000) { // below 2^-14: adding 0.5 leaves the rounded multiple of 2^-24
        const uint32_t r = bits_of_float(float_of_bits(a) + 0.5f);
        return (uint16_t)(sign | (r - 0x3F000000));
    }
    return (uint16_t)(sign | ((a + 0xFFF + (a >> 13 & 1) - 0x38000000) >> 13));
}

static inline float bf16_to_float(uint16_t h)
{
    return float_of_bits((uint32_t)h << 16);
}

static inline uint16_t bf16_from_float(float f)
{
    const uint32_t u = bits_of_float(f);
    if ((u & 0x7FFFFFFF) > 0x7F800000)
        return (uint16_t)(u >> 16 | 0x40);
    return (uint16_t)((u + 0x7FFF + (u >> 16 & 1)) >> 16);
}

#endif
