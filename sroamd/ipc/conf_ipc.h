/* SPDX-License-Identifier: ISC */
/*
 * The configuration on its way to the children: sender and receiver side by
 * side.  The parent sends BEGIN, records and END; the child answers READY and
 * uses nothing until COMMIT; ABORT makes it forget.  A child that cannot use
 * it, or has no memory for it, answers REFUSED and the reason.
 */
#ifndef SROAMD_CONF_IPC_H
#define SROAMD_CONF_IPC_H

#include "conf/conf.h"
#include "ipc/pipe.h"

/* secrets, and the network key: to the engine only. */
void	conf_send(struct pipe *, const struct conf *, bool secrets);

/* The state of a configuration that is being received. */
struct conf_receiver {
	struct conf	*staged;	/* not in force yet */
	bool		 complete;
	bool		 refused;	/* until ABORT */
};

enum conf_received {
	CONF_MORE,		/* of records that follow */
	CONF_READY,		/* complete: READY must be sent */
	CONF_REFUSED		/* REFUSED was sent */
};

/*
 * For every IPC_CONF_*.  Returns the new configuration on COMMIT (the caller's
 * to free), else NULL.  Records out of order are fatal.
 */
struct conf	*conf_receive(struct conf_receiver *, const struct imsg *,
		    enum conf_received *);
/*
 * Whether the settings in such a message are permitted; conf_receive calls it
 * first.  NULL, or what is wrong with one.
 */
const char	*conf_settings_check(const struct imsg *);
/* The receiver itself cannot use it. */
void		 conf_refuse(struct conf_receiver *);
/* Send READY or REFUSED, if an answer is due; why: empty for no memory. */
void		 conf_answer(struct pipe *, enum conf_received,
		    const char *why);
#endif
