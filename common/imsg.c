/* SPDX-License-Identifier: ISC */
/*
 * Messages with a header over a stream socket, with descriptors; both
 * directions never block.
 */
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/imsg.h"

#define FLAG_FD		1u		/* a descriptor belongs to this one */
#define READ_SIZE	(4 * IMSG_MAX)
#define FDS_MAX		16		/* wait for their message */
#define IOV_BATCH	64		/* messages in one sendmsg */

struct header {
	uint32_t	type;
	uint32_t	len;		/* with the header */
	uint32_t	id;
	uint32_t	flags;
};
_Static_assert(sizeof(struct header) == IMSG_HEADER, "imsg header");

struct outmsg {
	TAILQ_ENTRY(outmsg)	entry;
	size_t			len, off;
	int			fd;
	bool			is_spare;
	uint8_t			octets[];
};
TAILQ_HEAD(outq, outmsg);

struct imsgbuf {
	int		 fd;
	bool		 fds;
	size_t		 max_queue;
	size_t		 queued;
	struct outq	 out;
	struct outmsg	*spare;		/* for the longest; NULL: in use */
	int		 infds[FDS_MAX];
	size_t		 ninfds;
	size_t		 rpos, wpos;
	_Alignas(max_align_t) uint8_t in[READ_SIZE];
};

static int		 take_fds(struct imsgbuf *, struct msghdr *);
static int		 broken(void);
static const void	*aligned(struct imsgbuf *, size_t, size_t);
static bool		 is_passing(int);
static size_t		 batch(struct imsgbuf *, struct iovec *);
static void		 sent(struct imsgbuf *, size_t);
static void		 free_out(struct imsgbuf *, struct outmsg *);

struct imsgbuf *
imsgbuf_new(int fd, bool fds, size_t max_queue)
{
	struct imsgbuf *b;

	b = calloc(1, sizeof(*b));
	if (b == NULL)
		return NULL;
	if ((b->spare = malloc(sizeof(*b->spare) + IMSG_MAX)) == NULL) {
		free(b);
		return NULL;
	}
	b->fd = fd;
	b->fds = fds;
	b->max_queue = max_queue;
	TAILQ_INIT(&b->out);
	return b;
}

void
imsgbuf_free(struct imsgbuf *b)
{
	struct outmsg *m;
	size_t i;

	if (b == NULL)
		return;
	while ((m = TAILQ_FIRST(&b->out)) != NULL) {
		TAILQ_REMOVE(&b->out, m, entry);
		if (m->fd != -1)
			close(m->fd);
		free_out(b, m);
	}
	free(b->spare);
	for (i = 0; i < b->ninfds; i++)
		if (b->infds[i] != IMSG_FD_LOST)
			close(b->infds[i]);
	close(b->fd);
	free(b);
}

int
imsgbuf_fd(const struct imsgbuf *b)
{
	return b->fd;
}

size_t
imsgbuf_queued(const struct imsgbuf *b)
{
	return b->queued;
}

int
imsgbuf_read(struct imsgbuf *b)
{
	union {
		struct cmsghdr	hdr;
		uint8_t		octets[CMSG_SPACE(sizeof(int) * FDS_MAX)];
	} control;
	struct msghdr msg = { 0 };
	struct iovec iov;
	ssize_t n;

	if (b->wpos == sizeof(b->in))
		return 1;
	iov.iov_base = b->in + b->wpos;
	iov.iov_len = sizeof(b->in) - b->wpos;
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	/* Without room for descriptors the kernel drops them: MSG_CTRUNC. */
	if (b->fds) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
	}
	do {
		n = recvmsg(b->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		return errno == EAGAIN ? 1 : -1;
	if (take_fds(b, &msg) == -1)
		return -1;
	if (n == 0)
		return 0;
	b->wpos += n;
	return 1;
}

/*
 * A stream socket may join earlier messages with the one that carries a
 * descriptor.  So descriptors are kept in order, until a header says that one
 * belongs to its message.
 */
static int
take_fds(struct imsgbuf *b, struct msghdr *msg)
{
	struct cmsghdr *c;
	bool lost = (msg->msg_flags & MSG_CTRUNC) != 0, bad = false;
	size_t i, n;
	int fd;

	if (msg->msg_control == NULL)
		return lost ? broken() : 0;
	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
			if (n > 1 || lost || b->ninfds == FDS_MAX) {
				close(fd);
				bad = true;
			} else
				b->infds[b->ninfds++] = fd;
		}
	}
	/*
	 * There was room in the buffer: the process has too many open files,
	 * unix(7).
	 */
	if (lost && !bad && b->ninfds < FDS_MAX)
		b->infds[b->ninfds++] = IMSG_FD_LOST;
	else
		bad |= lost;
	return bad ? broken() : 0;
}

static int
broken(void)
{
	errno = EBADMSG;
	return -1;
}

int
imsg_get(struct imsgbuf *b, struct imsg *imsg)
{
	struct header h;
	size_t have = b->wpos - b->rpos;

	/*
	 * Not earlier: the caller may still read the message that it got last.
	 */
	if (have < sizeof(h))
		goto incomplete;
	memcpy(&h, b->in + b->rpos, sizeof(h));
	if (h.len < sizeof(h) || h.len > IMSG_MAX || (h.flags & ~FLAG_FD))
		return broken();
	if (have < h.len)
		goto incomplete;
	imsg->fd = -1;
	if (h.flags & FLAG_FD) {
		if (b->ninfds == 0)
			return broken();
		imsg->fd = b->infds[0];
		b->ninfds--;
		memmove(b->infds, b->infds + 1, b->ninfds * sizeof(int));
	}
	imsg->type = h.type;
	imsg->id = h.id;
	imsg->len = h.len - sizeof(h);
	imsg->data = aligned(b, b->rpos + sizeof(h), imsg->len);
	b->rpos += h.len;
	return 1;

 incomplete:
	/* A descriptor arrives with the first octet of its message. */
	if (have == 0 && b->ninfds > 0)
		return broken();
	memmove(b->in, b->in + b->rpos, have);
	b->rpos = 0;
	b->wpos = have;
	return 0;
}

/* Moves a payload over its header, to where a struct is aligned. */
static const void *
aligned(struct imsgbuf *b, size_t at, size_t len)
{
	size_t to = at - at % _Alignof(max_align_t);

	_Static_assert(_Alignof(max_align_t) <= sizeof(struct header),
	    "there is room for it");
	if (to != at)
		memmove(b->in + to, b->in + at, len);
	return b->in + to;
}

int
imsg_data(const struct imsg *imsg, void *data, size_t len)
{
	if (imsg->len != len)
		return -1;
	memcpy(data, imsg->data, len);
	return 0;
}

int
imsg_compose(struct imsgbuf *b, uint32_t type, uint32_t id, int fd,
    const void *data, size_t len)
{
	struct header h;
	struct outmsg *m;

	if (len > IMSG_MAX - sizeof(h)) {
		errno = EMSGSIZE;
		goto fail;
	}
	if (b->queued + sizeof(h) + len > b->max_queue) {
		errno = ENOBUFS;
		goto fail;
	}
	if ((m = malloc(sizeof(*m) + sizeof(h) + len)) != NULL)
		m->is_spare = false;
	else if ((m = b->spare) != NULL) {
		b->spare = NULL;
		m->is_spare = true;
	} else {
		errno = ENOMEM;
		goto fail;
	}
	h.type = type;
	h.len = sizeof(h) + len;
	h.id = id;
	h.flags = fd == -1 ? 0 : FLAG_FD;
	m->fd = fd;
	m->off = 0;
	m->len = h.len;
	memcpy(m->octets, &h, sizeof(h));
	if (len > 0)
		memcpy(m->octets + sizeof(h), data, len);
	TAILQ_INSERT_TAIL(&b->out, m, entry);
	b->queued += m->len;
	return 0;

 fail:
	if (fd != -1) {
		int error = errno;

		close(fd);
		errno = error;
	}
	return -1;
}

/* The kernel limits the descriptors that are in flight, unix(7). */
static bool
is_passing(int error)
{
	return error == EAGAIN || error == ENOBUFS || error == ENOMEM ||
	    error == ETOOMANYREFS;
}

int
imsgbuf_write(struct imsgbuf *b)
{
	union {
		struct cmsghdr	hdr;
		uint8_t		octets[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov[IOV_BATCH];
	struct outmsg *first;
	ssize_t n;

	while ((first = TAILQ_FIRST(&b->out)) != NULL) {
		struct msghdr msg = { .msg_iov = iov };

		msg.msg_iovlen = batch(b, iov);
		if (first->fd != -1) {
			memset(&control, 0, sizeof(control));
			msg.msg_control = &control;
			msg.msg_controllen = sizeof(control);
			control.hdr.cmsg_len = CMSG_LEN(sizeof(int));
			control.hdr.cmsg_level = SOL_SOCKET;
			control.hdr.cmsg_type = SCM_RIGHTS;
			memcpy(CMSG_DATA(&control.hdr), &first->fd,
			    sizeof(int));
		}
		n = sendmsg(b->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return is_passing(errno) ? 0 : -1;
		/* The descriptor was sent with the first octet. */
		if (first->fd != -1) {
			close(first->fd);
			first->fd = -1;
		}
		sent(b, n);
	}
	return 0;
}

/* The queue, up to the next message with a descriptor: that must be first. */
static size_t
batch(struct imsgbuf *b, struct iovec *iov)
{
	struct outmsg *m;
	size_t n = 0;

	TAILQ_FOREACH(m, &b->out, entry) {
		if (n == IOV_BATCH || (n > 0 && m->fd != -1))
			break;
		iov[n].iov_base = m->octets + m->off;
		iov[n++].iov_len = m->len - m->off;
	}
	return n;
}

static void
sent(struct imsgbuf *b, size_t n)
{
	struct outmsg *m;

	b->queued -= n;
	while (n > 0) {
		m = TAILQ_FIRST(&b->out);
		if (n < m->len - m->off) {
			m->off += n;
			return;
		}
		n -= m->len - m->off;
		TAILQ_REMOVE(&b->out, m, entry);
		free_out(b, m);
	}
}

bool
imsgbuf_is_short(const struct imsgbuf *b)
{
	return b->spare == NULL;
}

/* Any message may have been a key. */
static void
free_out(struct imsgbuf *b, struct outmsg *m)
{
	if (!m->is_spare) {
		freezero(m, sizeof(*m) + m->len);
		return;
	}
	explicit_bzero(m->octets, m->len);
	b->spare = m;
}

void
imsgbuf_forget(struct imsgbuf *b)
{
	/*
	 * Keeps what was not taken yet, and wipes what is behind it: old data.
	 */
	explicit_bzero(b->in, b->rpos);
	explicit_bzero(b->in + b->wpos, sizeof(b->in) - b->wpos);
}
