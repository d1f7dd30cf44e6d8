/* SPDX-License-Identifier: ISC */
/*
 * Stations of access points: the questions of radio/radio.h to the kernel, and
 * its reports.
 */
#ifndef SROAMD_KERNEL_STATION_H
#define SROAMD_KERNEL_STATION_H

#include <stdbool.h>
#include <stdint.h>

#include "radio/nl80211.h"

struct kernel;
struct nl_msg;

/* A question, to which its answer is assigned. */
struct question {
	struct nl80211_news	news;
	uint16_t		family;
	bool			answered;
	int			error;
};

void	station_open(struct kernel *);
void	station_close(struct kernel *);
void	station_schedule(struct kernel *);	/* timers have changed */
/* Ask nl80211, which answers at once. */
void	station_inquire(struct kernel *, struct nl_msg *, struct question *);
#endif
