/* Numbers of weights and of the cache, 16 bytes at a time. */
#ifndef WEIR_INFER_CUDA_NUMBERS_H
#define WEIR_INFER_CUDA_NUMBERS_H

#include "infer/cuda/simt.h"

#ifdef __CUDACC__
#include <cuda_fp16.h>
#else
#include <cmath>
#include <cstring>
#include "infer/half.h"
#endif

namespace SIMT_SPACE
{

struct f16 {
    uint16_t bits;
};
struct bf16 {
    uint16_t bits;
};

struct alignas(16) sixteen_bytes {
    uint32_t u[4];
};
struct alignas(16) four_floats {
    float x[4];
};

/* Weights are read once a step: they need not push anything else out of the caches. */
SIMT_CODE sixteen_bytes load_once(const void *p)
{
#ifdef __CUDACC__
    const uint4 v = __ldcs(static_cast<const uint4 *>(p));
    return {{v.x, v.y, v.z, v.w}};
#else
    return *static_cast<const sixteen_bytes *>(p);
#endif
}

SIMT_CODE sixteen_bytes load(const void *p)
{
    return *static_cast<const sixteen_bytes *>(p);
}

SIMT_CODE float bits_to_float(uint32_t u)
{
#ifdef __CUDACC__
    return __uint_as_float(u);
#else
    return float_of_bits(u);
#endif
}

SIMT_CODE float f16_to_float(uint16_t h)
{
#ifdef __CUDACC__
    return __half2float(__ushort_as_half(h));
#else
    return half_to_float(h);
#endif
}

SIMT_CODE uint16_t f16_from_float(float f)
{
#ifdef __CUDACC__
    return __half_as_ushort(__float2half_rn(f));
#else
    return half_from_float(f);
#endif
}

SIMT_CODE uint16_t bf16_bits(float f)
{
#ifdef __CUDACC__
    const uint32_t u = __float_as_uint(f);
    if ((u & 0x7FFFFFFF) > 0x7F800000)
        return static_cast<uint16_t>(u >> 16 | 0x40);
    return static_cast<uint16_t>((u + 0x7FFF + (u >> 16 & 1)) >> 16);
#else
    return bf16_from_float(f);
#endif
}

/* in_load: how many of them 16 bytes hold.  unpack: element e of a load, e known to the compiler.
 */
template <class T> struct numbers;

template <> struct numbers<float> {
    static constexpr unsigned in_load = 4;
    SIMT_CODE static float unpack(const sixteen_bytes &w, unsigned e)
    {
        return bits_to_float(w.u[e]);
    }
    SIMT_CODE static void put(void *p, size_t i, float f)
    {
        static_cast<float *>(p)[i] = f;
    }
};

template <> struct numbers<f16> {
    static constexpr unsigned in_load = 8;
    SIMT_CODE static float unpack(const sixteen_bytes &w, unsigned e)
    {
        return f16_to_float(static_cast<uint16_t>(w.u[e / 2] >> 16 * (e % 2)));
    }
    SIMT_CODE static void put(void *p, size_t i, float f)
    {
        static_cast<uint16_t *>(p)[i] = f16_from_float(f);
    }
};

template <> struct numbers<bf16> {
    static constexpr unsigned in_load = 8;
    SIMT_CODE static float unpack(const sixteen_bytes &w, unsigned e)
    {
        return bits_to_float(e % 2 ? w.u[e / 2] & 0xFFFF0000u : w.u[e / 2] << 16);
    }
    SIMT_CODE static void put(void *p, size_t i, float f)
    {
        static_cast<uint16_t *>(p)[i] = bf16_bits(f);
    }
};

template <> struct numbers<int8_t> {
    static constexpr unsigned in_load = 16;
    /* Integer to float conversion runs at a quarter of the rate of other instructions or less:
     * 0x4B0000uu is the float 2^23 + uu, and uu is the byte + 128. */
    SIMT_CODE static float unpack(const sixteen_bytes &w, unsigned e)
    {
        const uint32_t u = w.u[e / 4] ^ 0x80808080u;
#ifdef __CUDACC__
        return __uint_as_float(__byte_perm(u, 0x4B000000u, 0x7440u | e % 4)) - 8388736.0f;
#else
        return bits_to_float(0x4B000000u | (u >> 8 * (e % 4) & 0xFF)) - 8388736.0f;
#endif
    }
};

} // namespace SIMT_SPACE

#endif
