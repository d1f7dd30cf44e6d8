/* SPDX-License-Identifier: ISC */
/* Events, a line or a JSON object each, as they come. */
#ifndef SROAMCTL_MONITOR_H
#define SROAMCTL_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct monitor {
	FILE	*file;
	bool	 json;
	bool	 numeric;	/* router ids, not names */
};

/* A struct ctl_event: 0, or -1: it is none. */
int	monitor_record(const struct monitor *, uint32_t type, const void *,
	    size_t);
#endif
