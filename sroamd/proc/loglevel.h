/* SPDX-License-Identifier: ISC */
/* The priority class of a line, by which lost lines are counted. */
#ifndef SROAMD_LOGLEVEL_H
#define SROAMD_LOGLEVEL_H

#include "common/ctl.h"

enum ctl_log	loglevel_of(int priority);	/* LOG_* of syslog(3) */
#endif
