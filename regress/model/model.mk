# Models of claims and leases, checked by spin.
model:
	regress/model/run

.PHONY: model
