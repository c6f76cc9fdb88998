/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "kernel.h"

/* Asked for each time: the library keeps nothing writable. */
const struct kernel_path *
kernel_choose(void)
{
#if defined HAVE_AVX512
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma"))
        return &kernel_avx512;
#endif
    return kernel_choose_avx2();
}

const struct kernel_path *
kernel_choose_avx2(void)
{
#if defined HAVE_AVX2
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return &kernel_avx2;
#endif
    return &kernel_plain;
}
