/* SPDX-License-Identifier: ISC */
/* Common to peersock.c, which listens, and peerconn.c, which connects. */
#ifndef SROAMD_PEERSOCK_LOCAL_H
#define SROAMD_PEERSOCK_LOCAL_H

#include <netinet/in.h>

#include "parent/peersock.h"

union sockaddrs {
	struct sockaddr		sa;
	struct sockaddr_in	in;
	struct sockaddr_in6	in6;
};

/* peeraddr.c */
int		peersock_options(int fd);	/* 0, or -1 and errno */
socklen_t	sockaddr_make(const struct addr *, uint16_t port,
		    union sockaddrs *);

/* peerconn.c; as of peersock.h */
struct peerconn;
struct peerconn	*peerconn_new(struct event_base *, const struct peersock_ops *);
void		 peerconn_free(struct peerconn *);
int		 peerconn_prepare(struct peerconn *, const struct conf *);
void		 peerconn_commit(struct peerconn *);
void		 peerconn_abort(struct peerconn *);
void		 peerconn_connect(struct peerconn *, const struct ipc_peer *);
/* Whether a configured peer has this address, as far as is known. */
bool		 peerconn_knows(struct peerconn *, const struct addr *);
void		 peerconn_route(struct peerconn *, const struct prefix *);
void		 peerconn_resolved(struct peerconn *, uint32_t question,
		    const struct ipc_resolved *);
#endif
