/* SPDX-License-Identifier: ISC */
/*
 * What to do with a station's frame: send a message to the engine, or count
 * and drop it.  A station can act for itself only.
 */
#ifndef SROAMD_FRONTEND_INTAKE_H
#define SROAMD_FRONTEND_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ctl.h"
#include "conf/conf.h"
#include "msg.h"

struct intake;

/*
 * pass gets IPC_DHCP, IPC_SOLICIT, IPC_HEARD and IPC_ARP_ASK.  NULL: no
 * memory.
 */
struct intake	*intake_new(void (*pass)(void *arg, uint32_t type, const void *,
		    size_t), void *arg, uint32_t seed);
void		 intake_free(struct intake *);
void		 intake_conf(struct intake *, const struct conf *);
/* A frame was sent to this station. */
void		 intake_answered(struct intake *, const struct mac *);
/* Where a frame came from. */
struct intake_link {
	const struct link		*link;
	const struct conf_network	*network;
	int				 proxy;	/* INTAKE_PROXY, _ISOLATED */
	bool				 repeaters;	/* are accepted */
	struct ctl_interface		*count;	/* the link's counters */
};

/*
 * One frame.  ARP for others is answered on some links.  Returns which of the
 * gateway's addresses must be announced now.
 */
#define INTAKE_PROXY	0x1	/* for stations on other routers, */
#define INTAKE_ISOLATED	0x2	/* and for those of this link */
#define INTAKE_DEFEND4	0x1
#define INTAKE_DEFEND6	0x2
int		 intake_frame(struct intake *, const struct intake_link *,
		    const uint8_t *, size_t);
#endif
