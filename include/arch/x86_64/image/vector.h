/* SPDX-License-Identifier: MIT */
/* How XXH3 computes here: components use no vector registers on this machine. */
#ifndef IMAGE_VECTOR_H
#define IMAGE_VECTOR_H

#define XXH_VECTOR 0 /* XXH_SCALAR */

#endif
