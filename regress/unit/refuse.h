/* SPDX-License-Identifier: ISC */
/*
 * Memory that is refused: the objects of a test that is linked with
 * REFUSE_LIBS allocate here.  What they allocate is counted, so that a leak on
 * an error path is detected.
 */
#ifndef REGRESS_REFUSE_H
#define REGRESS_REFUSE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Of the following allocations, counted from one, refuse `len` of them,
 * beginning with `first`; none with len 0.
 */
void		 refuse(unsigned int first, unsigned int len);
void		 refuse_pause(bool);	/* refuse none, and do not count */
unsigned int	 refuse_asked(void);	/* allocations since then */
unsigned int	 refuse_refused(void);
long		 refuse_held(void);	/* allocated and not freed, in total */
/* For libraries that take their allocator: event_set_mem_functions(3). */
void		*refuse_malloc(size_t);
void		*refuse_realloc(void *, size_t);
void		 refuse_free(void *);
#endif
