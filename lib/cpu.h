/* What the processor has, beyond what every one of its kind does. */
#ifndef WEIR_CPU_H
#define WEIR_CPU_H

#if defined(__x86_64__)
/* A function by AVX-512 as Ice Lake and Zen 4 brought it; called where weir_has_avx512(). */
#define WEIR_AVX512                                                                                \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,"    \
                          "popcnt")))

static inline int weir_has_avx512(void)
{
    return __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512vbmi") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
}
#else
static inline int weir_has_avx512(void)
{
    return 0;
}
#endif

#endif
