/* SPDX-License-Identifier: ISC */
/*
 * Failed allocations of this process: counted, and logged in one line a minute
 * at most.  The caller does without the memory and continues.
 */
#ifndef COMMON_NOMEM_H
#define COMMON_NOMEM_H

#include <stdint.h>

/* what: what the memory was for, as the log calls it. */
void		nomem(const char *what);
uint64_t	nomem_count(void);
#endif
