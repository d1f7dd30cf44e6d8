/* SPDX-License-Identifier: ISC */
/* A line's priority, as lines that are lost are counted. */
#ifndef SROAMD_LOGLEVEL_H
#define SROAMD_LOGLEVEL_H

#include "common/ctl.h"

enum ctl_log	loglevel_of(int priority);	/* LOG_* of syslog(3) */
#endif
