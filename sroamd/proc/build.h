/* SPDX-License-Identifier: ISC */
/*
 * Version and digest of the sources.  Programs of one build alone understand
 * each other.
 */
#ifndef SROAMD_BUILD_H
#define SROAMD_BUILD_H

extern const char	build_id[];
#endif
