/* SPDX-License-Identifier: ISC */
/* A log for tests: its lines are kept, and a fatal error is an exit status. */
#ifndef STUB_LOG_H
#define STUB_LOG_H

#define STUB_LOG_FATAL	77

void		 stub_log_clear(void);
const char	*stub_log_text(void);
/* How many times the lines have this. */
unsigned int	 stub_log_count(const char *);
#endif
