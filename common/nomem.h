/* SPDX-License-Identifier: ISC */
/*
 * Memory that this process was refused: counted, and said in one line a
 * minute at most.  Whoever is refused some does without and goes on.
 */
#ifndef COMMON_NOMEM_H
#define COMMON_NOMEM_H

#include <stdint.h>

/* what: what there is no memory for, in words of the log. */
void		nomem(const char *what);
uint64_t	nomem_count(void);
#endif
