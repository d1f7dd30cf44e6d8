/* SPDX-License-Identifier: ISC */
/*
 * Netlink: requests in batches, and dumps, at once or from the loop.  Nothing
 * here knows what the messages mean.
 */
#include <sys/socket.h>

#include <errno.h>
#include <event2/event.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "kernel/netlink.h"
#include "kernel/netlink_socket.h"

#define BATCH		64	/* more holds the kernel's rtnl lock too long */
#define BATCH_OCTETS	(BATCH * 256)
#define WAIT_MS		1000	/* for an answer that should be there */
#define RCVBUF		(1 << 20)

struct request {
	netlink_done	*done;
	void		*obj;
	int		 op;
	bool		 answered;
};

struct walk {
	struct event	 *ev;
	netlink_each	 *each;
	void		(*done)(void *, int);
	bool		  changed;	/* while it was dumped */
	uint32_t	  seq;
};

struct netlink {
	int		 fd;
	void		*arg;
	uint32_t	 port;
	uint32_t	 seq;		/* of the first request waiting */
	unsigned int	 n;
	size_t		 len, last;	/* of out; where its last request is */
	struct request	 requests[BATCH];
	char		 why[160];
	struct walk	 walk;
	uint8_t		 out[BATCH_OCTETS] __attribute__((aligned(8)));
};

static ssize_t	receive_wait(int, void *, size_t);
static bool	take_answers(struct netlink *, void *, size_t);
static void	finish(struct netlink *, unsigned int, int, struct nlmsghdr *);
static void	set_why(struct netlink *, struct nlmsghdr *, int);
static int	send_dump(struct netlink *, struct nl_msg *);
static int	take_dump(struct netlink *, void *, size_t, netlink_each *,
		    uint32_t, bool *);
static void	walk_read(evutil_socket_t, short, void *);

static uint8_t	 chunk[NETLINK_CHUNK] __attribute__((aligned(8)));

struct netlink *
netlink_open(void *arg, int protocol)
{
	struct netlink *nl;
	struct sockaddr_nl sa = { 0 };
	socklen_t salen = sizeof(sa);
	int one = 1;

	if ((nl = calloc(1, sizeof(*nl))) == NULL)
		fatal("netlink");
	nl->arg = arg;
	nl->seq = 1;
	if ((nl->fd = netlink_socket(protocol, RCVBUF)) == -1) {
		free(nl);
		return NULL;
	}
	if (getsockname(nl->fd, (struct sockaddr *)&sa, &salen) == 0)
		nl->port = sa.nl_pid;
	(void)setsockopt(nl->fd, SOL_NETLINK, NETLINK_CAP_ACK, &one,
	    sizeof(one));
	(void)setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one,
	    sizeof(one));
	/* Without strict checks dumps ignore filters. */
	(void)setsockopt(nl->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one,
	    sizeof(one));
	return nl;
}

void
netlink_close(struct netlink *nl)
{
	if (nl == NULL)
		return;
	if (nl->walk.ev != NULL)
		event_free(nl->walk.ev);
	close(nl->fd);
	free(nl);
}

uint32_t
netlink_port(const struct netlink *nl)
{
	return nl->port;
}

static ssize_t
receive_wait(int fd, void *buf, size_t len)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t n;

	n = netlink_receive(fd, buf, len);
	if (n != -1 || errno != EAGAIN)
		return n;
	if (poll(&pfd, 1, WAIT_MS) < 1) {
		errno = ETIMEDOUT;
		return -1;
	}
	return netlink_receive(fd, buf, len);
}

void
netlink_request(struct netlink *nl, struct nl_msg *msg, netlink_done *done,
    void *obj, int op)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	size_t len = NLMSG_ALIGN(nlh->nlmsg_len);

	if (len > sizeof(nl->out))
		fatalx("netlink: request of %zu octets", len);
	if (nl->n == BATCH || len > sizeof(nl->out) - nl->len)
		netlink_flush(nl);
	nlh->nlmsg_seq = nl->seq + nl->n;
	nlh->nlmsg_flags |= NLM_F_REQUEST;
	memset(nl->out + nl->len, 0, len);
	memcpy(nl->out + nl->len, nlh, nlh->nlmsg_len);
	nl->last = nl->len;
	nl->len += len;
	nl->requests[nl->n++] = (struct request){ done, obj, op, false };
	nlmsg_free(msg);
}

/*
 * The kernel reports errors without NLM_F_ACK, too, so only the last request
 * asks for an acknowledgement.  When that arrives, all requests without an
 * error have succeeded.
 */
void
netlink_flush(struct netlink *nl)
{
	struct nlmsghdr nlh;
	unsigned int i, n = nl->n;
	ssize_t len;
	int error = 0;

	if (n == 0)
		return;
	memcpy(&nlh, nl->out + nl->last, sizeof(nlh));
	nlh.nlmsg_flags |= NLM_F_ACK;
	memcpy(nl->out + nl->last, &nlh, sizeof(nlh));

	if (send(nl->fd, nl->out, nl->len, 0) == -1)
		error = errno;
	while (error == 0) {
		if ((len = receive_wait(nl->fd, chunk, sizeof(chunk))) == -1)
			error = errno;
		else if (take_answers(nl, chunk, len))
			break;
	}
	for (i = 0; i < n; i++)
		if (!nl->requests[i].answered) {
			if (error != 0)
				strlcpy(nl->why, strerror(error),
				    sizeof(nl->why));
			finish(nl, i, error, NULL);
		}
	nl->seq += n;
	nl->n = 0;
	nl->len = 0;
}

/* Whether the last request was answered. */
static bool
take_answers(struct netlink *nl, void *buf, size_t buflen)
{
	struct nlmsghdr *nlh;
	const struct nlmsgerr *err;
	int left = (int)buflen;
	uint32_t i;
	bool last = false;

	for (nlh = buf; nlmsg_ok(nlh, left);
	    nlh = nlmsg_next(nlh, &left)) {
		i = nlh->nlmsg_seq - nl->seq;
		if (i >= nl->n)
			continue;	/* of an earlier batch that failed */
		if (nlh->nlmsg_type != NLMSG_ERROR) {
			finish(nl, i, 0, nlh);
			continue;
		}
		if (nlmsg_datalen(nlh) < (int)sizeof(*err))
			continue;
		err = nlmsg_data(nlh);
		set_why(nl, nlh, -err->error);
		if (!nl->requests[i].answered)
			finish(nl, i, -err->error, NULL);
		last |= i == nl->n - 1;
	}
	return last;
}

static void
finish(struct netlink *nl, unsigned int i, int error,
    struct nlmsghdr *reply)
{
	struct request *r = &nl->requests[i];

	r->answered = true;
	if (r->done != NULL)
		r->done(nl->arg, r->obj, r->op, error, reply);
}

/* With NETLINK_CAP_ACK the request is not echoed: attributes follow. */
static void
set_why(struct netlink *nl, struct nlmsghdr *nlh, int error)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	char text[100];

	strlcpy(nl->why, strerror(error), sizeof(nl->why));
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    !(nlh->nlmsg_flags & NLM_F_CAPPED) ||
	    nlmsg_parse(nlh, sizeof(struct nlmsgerr), tb,
	    NLMSGERR_ATTR_MAX, NULL) < 0 || tb[NLMSGERR_ATTR_MSG] == NULL)
		return;
	nla_strlcpy(text, tb[NLMSGERR_ATTR_MSG], sizeof(text));
	snprintf(nl->why, sizeof(nl->why), "%s (%s)", strerror(error), text);
}

const char *
netlink_why(const struct netlink *nl)
{
	return nl->why;
}

/* 0, or -1 and errno.  Frees the message. */
static int
send_dump(struct netlink *nl, struct nl_msg *msg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	ssize_t n;
	int error;

	netlink_flush(nl);
	nlh->nlmsg_seq = nl->seq++;
	nlh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
	n = send(nl->fd, nlh, nlh->nlmsg_len, 0);
	error = errno;
	nlmsg_free(msg);
	errno = error;
	return n == -1 ? -1 : 0;
}

/* 1: more to come; 0: complete; -1: errno. */
static int
take_dump(struct netlink *nl, void *buf, size_t buflen,
    netlink_each *each, uint32_t seq, bool *changed)
{
	struct nlmsghdr *nlh;
	int error, left = (int)buflen;

	for (nlh = buf; nlmsg_ok(nlh, left);
	    nlh = nlmsg_next(nlh, &left)) {
		if (nlh->nlmsg_seq != seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			*changed = true;
		if (nlh->nlmsg_type != NLMSG_DONE &&
		    nlh->nlmsg_type != NLMSG_ERROR) {
			each(nl->arg, nlh);
			continue;
		}
		/* Both start with an error, negative. */
		error = 0;
		if (nlmsg_datalen(nlh) >= (int)sizeof(error))
			memcpy(&error, nlmsg_data(nlh), sizeof(error));
		errno = error != 0 ? -error : EINTR;
		return error != 0 || *changed ? -1 : 0;
	}
	return 1;
}

int
netlink_dump(struct netlink *nl, struct nl_msg *msg, netlink_each *each)
{
	uint8_t *buf;
	ssize_t n;
	uint32_t seq;
	bool changed = false;
	int error, more = 1;

	if (send_dump(nl, msg) == -1)
		return -1;
	seq = nl->seq - 1;
	/* A buffer of its own: `each` may use the common one. */
	if ((buf = malloc(NETLINK_CHUNK)) == NULL)
		fatal("netlink");
	while (more == 1) {
		if ((n = receive_wait(nl->fd, buf, NETLINK_CHUNK)) == -1)
			more = -1;
		else
			more = take_dump(nl, buf, n, each, seq, &changed);
	}
	error = errno;
	free(buf);
	errno = error;
	return more;
}

int
netlink_walk(struct netlink *nl, struct event_base *base, struct nl_msg *msg,
    netlink_each *each, void (*done)(void *, int))
{
	struct walk *w = &nl->walk;

	if (w->ev == NULL && (w->ev = event_new(base, nl->fd,
	    EV_READ | EV_PERSIST, walk_read, nl)) == NULL)
		fatal("netlink");
	if (send_dump(nl, msg) == -1)
		return -1;
	w->seq = nl->seq - 1;
	w->each = each;
	w->done = done;
	w->changed = false;
	event_add(w->ev, NULL);
	return 0;
}

static void
walk_read(evutil_socket_t fd, short what, void *arg)
{
	struct netlink *nl = arg;
	struct walk *w = &nl->walk;
	static uint8_t buf[NETLINK_CHUNK] __attribute__((aligned(8)));
	ssize_t n;
	int more;

	(void)what;
	n = netlink_receive(fd, buf, sizeof(buf));
	if (n == -1 && errno == EAGAIN)
		return;
	more = n == -1 ? -1 :
	    take_dump(nl, buf, n, w->each, w->seq, &w->changed);
	if (more == 1)
		return;
	event_del(w->ev);
	w->done(nl->arg, more == 0 ? 0 : errno);
}
