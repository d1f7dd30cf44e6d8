/* SPDX-License-Identifier: ISC */
/* The priority class of a line, by which lost lines are counted. */
#include <syslog.h>

#include "proc/loglevel.h"

enum ctl_log
loglevel_of(int priority)
{
	return priority <= LOG_WARNING ? CTL_LOG_WARNING :
	    priority < LOG_DEBUG ? CTL_LOG_INFO : CTL_LOG_DEBUG;
}
