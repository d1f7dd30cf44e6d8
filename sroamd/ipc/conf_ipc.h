/* SPDX-License-Identifier: ISC */
/*
 * The configuration on its way to the children: sender and receiver side by
 * side.  BEGIN, records, END travel first; the child answers READY and uses
 * nothing until COMMIT; ABORT forgets it.  A child that cannot use it, or has
 * no memory for it, answers REFUSED and why.
 */
#ifndef SROAMD_CONF_IPC_H
#define SROAMD_CONF_IPC_H

#include "conf/conf.h"
#include "ipc/pipe.h"

/* secrets: to the engine only. */
void	conf_send(struct pipe *, const struct conf *, bool secrets);

/* A child's place for a configuration that is coming in. */
struct conf_receiver {
	struct conf	*staged;	/* not in force yet */
	bool		 complete;
	bool		 refused;	/* until ABORT */
};

enum conf_received {
	CONF_MORE,		/* is to come */
	CONF_READY,		/* complete: READY is to be answered */
	CONF_REFUSED		/* REFUSED is */
};

/*
 * Feed every IPC_CONF_*.  Returns the new configuration on COMMIT (the
 * caller's to free), else NULL.  Records out of order are fatal.
 */
struct conf	*conf_receive(struct conf_receiver *, const struct imsg *,
		    enum conf_received *);
/*
 * Whether the settings in such a message are permitted, which conf_receive
 * asks first: NULL, or what is wrong with one.
 */
const char	*conf_settings_check(const struct imsg *);
/* The receiver itself cannot make use of it. */
void		 conf_refuse(struct conf_receiver *);
/* READY or REFUSED, when one is to be answered; why: empty for no memory. */
void		 conf_answer(struct pipe *, enum conf_received,
		    const char *why);
#endif
