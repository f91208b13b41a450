-- A withdrawal is acted on once: what the runner restores afterwards stays.
update normalized.runs set is_withdrawal_pending = false
where provider = %(provider)s and is_withdrawal_pending
