/* SPDX-License-Identifier: ISC */
/* A line's priority, as lines that are lost are counted. */
#include <syslog.h>

#include "proc/loglevel.h"

enum ctl_log
loglevel_of(int priority)
{
	return priority <= LOG_WARNING ? CTL_LOG_WARNING :
	    priority < LOG_DEBUG ? CTL_LOG_INFO : CTL_LOG_DEBUG;
}
