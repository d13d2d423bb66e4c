use chrono::NaiveDate;
use kernel::{RequestContext, StoreError, TenantId, Tx};
use platform::jobs::Items;

use super::{ApiCalls, tally::KnownDay};
use crate::{
    domain::{Quota, QuotaMetric},
    repository::{Counted, FlushId},
};

/// Tenants written down in one statement.
const BATCH: usize = 500;

/// The flushes of this node, by number.
pub(super) struct Journal {
    next: FlushId,
    /// A flush of which nobody knows whether the database kept it; it is tried again under its number before any other.
    in_doubt: Option<(FlushId, Vec<Counted>)>,
}

impl Journal {
    pub(super) fn beginning_with(next: FlushId) -> Self {
        Self { next, in_doubt: None }
    }

    fn take_number(&mut self) -> FlushId {
        let id = self.next;
        self.next.batch += 1;
        id
    }
}

/// Why counts were not written down.
enum Unwritten {
    /// The database refused them, and has kept nothing.
    Refused(StoreError),
    /// It did not tell: it may have kept them.
    InDoubt(StoreError),
}

impl From<StoreError> for Unwritten {
    fn from(error: StoreError) -> Self {
        if error.is_unavailable() { Self::InDoubt(error) } else { Self::Refused(error) }
    }
}

impl ApiCalls {
    /// Writes down what was counted since the last time, and announces levels of the quota that are reached by it. A flush
    /// whose outcome the database did not tell is repeated under its number, and counts once.
    ///
    /// # Errors
    /// What the store says; then it is written down the next time.
    pub async fn flush(&self) -> Result<(), StoreError> {
        let today = self.deps.clock.now().date_naive();
        let mut journal = self.journal.lock().await;
        if let Some((id, batch)) = journal.in_doubt.clone()
            && let Err(Unwritten::InDoubt(error)) = self.write_down(&mut journal, id, &batch, today).await
        {
            return Err(error);
        }
        let counted = self.tally().due(today);
        let mut items = Items::of("tenancy.api_calls_flush");
        for batch in counted.chunks(BATCH) {
            let id = journal.take_number();
            match self.write_down(&mut journal, id, batch, today).await {
                Ok(()) => {}
                Err(Unwritten::InDoubt(error)) => return Err(error),
                Err(Unwritten::Refused(_)) => self.write_down_each(&mut journal, batch, today, &mut items).await?,
            }
        }
        items.finish().map_err(|error| StoreError::corrupt("api_call_days.calls", error))
    }

    async fn write_down(
        &self,
        journal: &mut Journal,
        id: FlushId,
        batch: &[Counted],
        today: NaiveDate,
    ) -> Result<(), Unwritten> {
        journal.in_doubt = Some((id, batch.to_vec()));
        let written = self.try_to_write(id, batch).await;
        if !matches!(written, Err(Unwritten::InDoubt(_))) {
            journal.in_doubt = None;
        }
        self.tally().flushed(batch, &written?, today);
        Ok(())
    }

    /// Answers the days as they are now, without those of tenants that are gone; none, if this flush was written down before.
    async fn try_to_write(&self, id: FlushId, batch: &[Counted]) -> Result<Vec<KnownDay>, Unwritten> {
        let mut tx = self.deps.transactor.begin().await?;
        let mut days = Vec::new();
        if self.deps.calls.note_flush_in(&mut tx, id, self.deps.clock.now()).await? {
            let ids: Vec<TenantId> = batch.iter().map(|(tenant, ..)| *tenant).collect();
            let tenants = self.deps.tenants.list_in(&mut tx, &ids).await?;
            let known: Vec<_> = batch.iter().filter(|(tenant, ..)| tenants.contains_key(tenant)).copied().collect();
            for day in self.deps.calls.add_in(&mut tx, &known).await? {
                let limit = tenants.get(&day.tenant_id).and_then(|tenant| tenant.calls_per_day);
                let day = KnownDay { day, limit };
                self.announce_in(&mut tx, &day).await?;
                days.push(day);
            }
        }
        tx.commit().await.map_err(Unwritten::InDoubt)?;
        Ok(days)
    }

    /// A tenant whose count is refused keeps no other's from being written down; its own stays in memory.
    async fn write_down_each(
        &self,
        journal: &mut Journal,
        batch: &[Counted],
        today: NaiveDate,
        items: &mut Items,
    ) -> Result<(), StoreError> {
        for one in batch {
            let id = journal.take_number();
            let written = match self.write_down(journal, id, std::slice::from_ref(one), today).await {
                Err(Unwritten::InDoubt(error)) => return Err(error),
                Err(Unwritten::Refused(error)) => Err(error),
                Ok(()) => Ok(()),
            };
            // Ends early only for a database that is unavailable.
            drop(items.note(one.0, written));
        }
        Ok(())
    }

    /// Announces a level once a day.
    async fn announce_in(&self, tx: &mut Tx, KnownDay { day, limit }: &KnownDay) -> Result<(), StoreError> {
        let quota = Quota { used: day.calls, limit: *limit };
        let level = quota.level();
        if level <= day.announced || !self.deps.calls.mark_announced_in(tx, day.tenant_id, day.day, level).await? {
            return Ok(());
        }
        let context = RequestContext::system("quota", format!("quota-{}", day.day));
        self.levels.announce_in(tx, &context, day.tenant_id, QuotaMetric::ApiCalls, quota).await
    }
}
