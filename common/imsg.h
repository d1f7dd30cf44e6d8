/* SPDX-License-Identifier: ISC */
/*
 * Framed messages with an optional descriptor over a SOCK_STREAM socket:
 * between our processes, and from sroamctl.  A header of 16 octets in host
 * order (type, length with header, id, flags), then the payload.
 *
 * imsgbuf owns the queue of what is to be written; it never blocks, and a
 * queue over its limit makes imsg_compose fail, so that a stuck reader
 * cannot eat our memory.
 */
#ifndef COMMON_IMSG_H
#define COMMON_IMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMSG_HEADER	16
#define IMSG_MAX	8192		/* with the header */

/* In place of a descriptor, when the process has too many open (EMFILE). */
#define IMSG_FD_LOST	(-2)

struct imsgbuf;

struct imsg {
	uint32_t	 type;
	uint32_t	 id;		/* of the client who asked */
	uint32_t	 len;		/* of data */
	int		 fd;		/* the receiver's to close; -1: none */
	const void	*data;		/* aligned; good until the next get */
};

/* fds: whether descriptors may arrive here; if not, they are an error. */
struct imsgbuf	*imsgbuf_new(int fd, bool fds, size_t max_queue);
void		 imsgbuf_free(struct imsgbuf *);	/* closes all */
int		 imsgbuf_fd(const struct imsgbuf *);
size_t		 imsgbuf_queued(const struct imsgbuf *);	/* octets */

/*
 * Whether a message waits to be written and memory was refused for it: it uses
 * the reserve that is kept for one, and the next may fail (ENOMEM).
 */
bool		 imsgbuf_is_short(const struct imsgbuf *);

/* 1: read something or nothing was there; 0: end of file; -1: errno. */
int	imsgbuf_read(struct imsgbuf *);
/* 0: all written or would block; -1: errno. */
int	imsgbuf_write(struct imsgbuf *);
/* 1 and a message; 0: none complete; -1: broken framing (errno EBADMSG). */
int	imsg_get(struct imsgbuf *, struct imsg *);
/* Wipe all that was read: it held secrets. */
void	imsgbuf_forget(struct imsgbuf *);
/* Copy a payload of exactly len octets; 0, or -1 when the length differs. */
int	imsg_data(const struct imsg *, void *, size_t len);
/*
 * Queue a message; fd (-1: none) is closed once sent, on failure too.
 * 0, or -1: ENOBUFS (queue full), EMSGSIZE, ENOMEM.
 */
int	imsg_compose(struct imsgbuf *, uint32_t type, uint32_t id, int fd,
	    const void *data, size_t len);
#endif
