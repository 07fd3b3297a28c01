/* SPDX-License-Identifier: MIT */
/*
 * How XXH3 computes here: by NEON, as general registers of 32 bits take four times the instructions. For components that
 * handle no reflected faults or system calls (kernel/registers.h): the RTCR and stores.
 */
#ifndef IMAGE_VECTOR_H
#define IMAGE_VECTOR_H

#define XXH_VECTOR 4 /* XXH_NEON */

#endif
