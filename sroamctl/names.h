/* SPDX-License-Identifier: ISC */
/* The names of routers by their ids, for records that hold the id alone. */
#ifndef SROAMCTL_NAMES_H
#define SROAMCTL_NAMES_H

#include "common/ctl.h"

void		 names_add(const struct ctl_router *);
const char	*names_find(const struct router_id *);	/* "" if unknown */
#endif
