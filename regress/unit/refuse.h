/* SPDX-License-Identifier: ISC */
/*
 * Memory that is refused: the objects of a test that is linked with
 * REFUSE_LIBS ask here.  What they hold is counted, so that what is lost on
 * the way of a refusal shows.
 */
#ifndef REGRESS_REFUSE_H
#define REGRESS_REFUSE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Of the allocations from now on, counted from one, refuse those from first
 * on, len of them; none with len 0.
 */
void		 refuse(unsigned int first, unsigned int len);
void		 refuse_pause(bool);	/* give all, and do not count them */
unsigned int	 refuse_asked(void);	/* so many since then */
unsigned int	 refuse_refused(void);
long		 refuse_held(void);	/* allocated and not freed, ever */
/* For libraries that take their allocator: event_set_mem_functions(3). */
void		*refuse_malloc(size_t);
void		*refuse_realloc(void *, size_t);
void		 refuse_free(void *);
#endif
