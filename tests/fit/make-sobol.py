#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes src/solve/joe_kuo.h: direction numbers of the Sobol sequence.

Source: S. Joe and F. Y. Kuo, new-joe-kuo-6.21201 ("Constructing Sobol sequences
with better two-dimensional projections", SIAM J. Sci. Comput. 30, 2008), as
python3-scipy carries it (scipy/stats/_sobol_direction_numbers.npz).
Usage: make-sobol.py FILE.npz DIMENSIONS > src/solve/joe_kuo.h
"""
import sys

import numpy as np

table = np.load(sys.argv[1])
n = int(sys.argv[2])
print("""/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Made by tests/fit/make-sobol.py from new-joe-kuo-6.21201.
 *
 * Copyright (c) 2008, Frances Y. Kuo and Stephen Joe. All rights reserved.
 * Redistribution and use in source and binary forms, with or without modification, are
 * permitted provided that the following conditions are met: redistributions of source
 * code must retain the above copyright notice, this list of conditions and the following
 * disclaimer; redistributions in binary form must reproduce the above copyright notice,
 * this list of conditions and the following disclaimer in the documentation and/or other
 * materials provided with the distribution; neither the names of the copyright holders
 * nor the names of the University of New South Wales and the University of Waikato and its
 * contributors may be used to endorse or promote products derived from this software
 * without specific prior written permission.
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS "AS IS" AND ANY EXPRESS OR IMPLIED
 * WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND
 * FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDERS
 * BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
 * DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS
 * OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF
 * LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR
 * OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE
 * POSSIBILITY OF SUCH DAMAGE.
 */
/* degree, coefficients of the primitive polynomial (the ends left out), initial numbers */""")
print(f"#define SOBOL_DIMENSIONS {n}")
print("static const struct {\n    unsigned char degree;\n    unsigned short inner, initial[13];\n} joe_kuo[SOBOL_DIMENSIONS] = {")
for d in range(n):
    poly = int(table["poly"][d])
    degree = poly.bit_length() - 1
    inner = (poly >> 1) & ((1 << max(degree - 1, 0)) - 1) if degree > 0 else 0
    init = [int(v) for v in table["vinit"][d][:max(degree, 1)]]
    print(f"    {{ {degree}, {inner}, {{ {', '.join(map(str, init))} }} }},")
print("};")
