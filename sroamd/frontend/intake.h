/* SPDX-License-Identifier: ISC */
/*
 * What a station's frame is to us: a message for the engine, or something to
 * count and forget.  A station speaks for itself alone.
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
void		 intake_conf(struct intake *, const struct conf_global *);
/* Something was sent to this station. */
void		 intake_answered(struct intake *, const struct mac *);
/*
 * One frame from a link; proxy: whether ARP for others is answered there;
 * count is where the link's counters are.  Gives which of the gateway's
 * addresses must be defended now.
 */
#define INTAKE_PROXY	0x1	/* for stations that are elsewhere, */
#define INTAKE_ISOLATED	0x2	/* and for those of this link */
#define INTAKE_DEFEND4	0x1
#define INTAKE_DEFEND6	0x2
int		 intake_frame(struct intake *, const struct link *, int proxy,
		    struct ctl_interface *count, const uint8_t *, size_t);
#endif
