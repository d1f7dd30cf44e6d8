/* SPDX-License-Identifier: ISC */
/* The signer: who we are, and our signature of the two texts that have one. */
#ifndef SROAMD_SIGNER_H
#define SROAMD_SIGNER_H

struct child;
struct signer;

/* Before the process is chrooted: the library looks for random numbers. */
void		 signer_prepare(void);
/* The channel to the parent. */
struct signer	*signer_new(struct child *);
void		 signer_free(struct signer *);
#endif
