/* SPDX-License-Identifier: ISC */
/*
 * Answers to a client of the control socket, through the frontend: records,
 * as many as it takes now and more when its pipe has drained, and an end.
 */
#ifndef SROAMD_IPC_LISTING_H
#define SROAMD_IPC_LISTING_H

#include <stddef.h>
#include <stdint.h>

#include "common/ctl.h"
#include "ipc/pipe.h"

struct listings;

/* A kind of records; where it stands in them is a key, not a pointer. */
struct listing_kind {
	uint32_t	  record;	/* CTL_* */
	size_t		  len;		/* of one */
	/* The next one behind the cursor; 0: there is none. */
	int		(*next)(void *arg, struct ctl_cursor *, void *record);
};

struct listings	*listings_new(void *arg);	/* of next; NULL: no memory */
void		 listings_free(struct listings *);
void		 listings_start(struct listings *, struct pipe *,
		    uint32_t client, const struct listing_kind *);
/* There is room in the pipe again. */
void		 listings_resume(struct listings *, struct pipe *);

/* One record, and that was all. */
void	listing_one(struct pipe *, uint32_t client, uint32_t type, const void *,
	    size_t);
/* The last word to a client: why it failed, or (NULL) that it did not. */
void	listing_end(struct pipe *, uint32_t client, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
#endif
