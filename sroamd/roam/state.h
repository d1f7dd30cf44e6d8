/* SPDX-License-Identifier: ISC */
/* The state of roaming in a core. */
#ifndef SROAMD_ROAM_STATE_H
#define SROAMD_ROAM_STATE_H

#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "common/ratelimit.h"
#include "common/timer.h"
#include "lease/iface.h"
#include "msg.h"

#define ROAMS		512	/* that are remembered */

/* A roam of a station. */
struct roam {
	monotime_t		heard;
	struct router_id	from, to;	/* none: nowhere */
	struct mac		mac;
	char			network[NETWORK_NAME_MAX];	/* or empty */
	uint32_t		late;		/* ms after it was claimed */
};

struct roam_state {
	struct roam		roams[ROAMS];	/* a ring */
	uint64_t		nroams;	/* ever */
	struct ratelimits	crossing_lines;
	/* With these there are as many as are configured. */
	struct iface_list	spare_ifaces;
	uint32_t		nspare_ifaces;
	struct timer		seek;	/* silent hosts: seek.h */
};
#endif
