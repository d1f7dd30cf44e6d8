/* SPDX-License-Identifier: ISC */
/* The names of a configuration's networks, as operators read and write them. */
#ifndef SROAMD_CONF_NAMES_H
#define SROAMD_CONF_NAMES_H

#include <stdint.h>

#include "common/ctl.h"
#include "conf/conf.h"

/* By the numbers of struct conf; the first is CONF_UNNAMED. */
struct conf_names {
	uint32_t		n;
	struct ctl_scope	list[CONF_NETWORKS];
};

/* From a configuration that was checked. */
void	conf_names_make(struct conf_names *, const struct conf *);
/* The number of the network with this name, or -1. */
int	conf_names_find(const struct conf_names *, const char *);
#endif
