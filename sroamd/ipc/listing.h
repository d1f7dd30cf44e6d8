/* SPDX-License-Identifier: ISC */
/*
 * Answers to a client of the control socket, through the frontend: as many
 * records as the pipe takes, more when it has drained, and an end.
 */
#ifndef SROAMD_IPC_LISTING_H
#define SROAMD_IPC_LISTING_H

#include <stddef.h>
#include <stdint.h>

#include "common/ctl.h"
#include "ipc/pipe.h"

/*
 * Records that may be on their way to one client: the frontend grants more as
 * the client reads (IPC_CTL_MORE).
 */
#define LISTING_WINDOW	512

struct listings;

/* A kind of records; the position in the listing is a key, not a pointer. */
struct listing_kind {
	uint32_t	  record;	/* CTL_* */
	size_t		  len;		/* of one */
	/* The next record that it wants and has not had; 0: no more. */
	int		(*next)(void *arg, struct ctl_cursor *, void *record);
	/* Whether a record is asked for; NULL: all are. */
	bool		(*wanted)(const struct ctl_request *,
			    const void *record);
};

/* Records that nobody wants are looked at so many at a time. */
#define LISTING_LOOK	1024

/*
 * arg: of next.  again: call listings_resume soon, as a listing has more to
 * look at.  NULL: no memory.
 */
struct listings	*listings_new(void *arg, void (*again)(void *arg));
void		 listings_free(struct listings *);
void		 listings_start(struct listings *, struct pipe *,
		    uint32_t client, const struct listing_kind *,
		    const struct ctl_request *);
/* The pipe has room again. */
void		 listings_resume(struct listings *, struct pipe *);
/* The client may have so many records more, or (0) has left. */
void		 listings_more(struct listings *, struct pipe *,
		    uint32_t client, uint32_t records);

/* A single record, and the end. */
void	listing_one(struct pipe *, uint32_t client, uint32_t type, const void *,
	    size_t);
/* The end of an answer: the reason of a failure, or (NULL) success. */
void	listing_end(struct pipe *, uint32_t client, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
#endif
