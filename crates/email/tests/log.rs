//! The log as staff read it: filters, orders and pages, on both databases.

mod fixture;

use chrono::TimeDelta;
use email::{
    EmailError,
    domain::{ByTime, Notification, NotificationFilter, NotificationStatus, Template},
    service::NewNotification,
};
use fixture::{Fixture, address, new};
use kernel::{
    Clock, TenantId,
    input::Word as _,
    page::{Cursor, Direction, PageRequest, Sort, Start},
};
use test_support::on_each_database;
use uuid::Uuid;

const DIRECTIONS: [Direction; 2] = [Direction::Ascending, Direction::Descending];

fn page(limit: u64, direction: Direction, start: Start) -> PageRequest<ByTime> {
    PageRequest { limit, start, sort: Sort { field: ByTime::CreatedAt, direction } }
}

fn tenant(number: usize) -> Option<TenantId> {
    (number > 0).then(|| TenantId(Uuid::from_u128(number as u128)))
}

/// 60 messages of all kinds, many of them caused at the same time.
async fn fill(fixture: &Fixture) -> Vec<Notification> {
    let mut all = Vec::new();
    for number in 0..60_usize {
        let template = Template::ALL[number % Template::ALL.len()];
        let message = new(template, ["jo@example.com", "al@example.com", "jo@example.com.au"][number % 3]);
        let id = fixture.queue(vec![NewNotification { tenant_id: tenant(number % 4), ..message }]).await[0];
        fixture.force(id, NotificationStatus::ALL[(number * 5) % 7]).await;
        all.push(fixture.find(id).await);
        let steps = [TimeDelta::zero(), TimeDelta::zero(), TimeDelta::microseconds(1), TimeDelta::milliseconds(1)];
        fixture.clock.advance(steps[number % 4]);
    }
    all
}

fn matches(filter: &NotificationFilter, it: &Notification) -> bool {
    filter.status.is_none_or(|status| status == it.status)
        && filter.recipient.as_ref().is_none_or(|recipient| recipient == &it.recipient)
        && filter.template.is_none_or(|template| template == it.template)
        && filter.tenant_id.is_none_or(|tenant| Some(tenant) == it.tenant_id)
        && filter.from.is_none_or(|from| it.created_at >= from)
        && filter.to.is_none_or(|to| it.created_at < to)
}

/// Every combination of filters that are set or not, and some that let nothing through.
fn filters(all: &[Notification]) -> Vec<NotificationFilter> {
    let sample = &all[25];
    let set = NotificationFilter {
        status: Some(sample.status),
        recipient: Some(sample.recipient.clone()),
        template: Some(sample.template),
        tenant_id: sample.tenant_id,
        from: Some(all[9].created_at),
        to: Some(all[48].created_at),
    };
    let mut filters: Vec<_> = (0..64)
        .map(|bits: u32| {
            let is_set = |bit: u32| bits & (1 << bit) != 0;
            NotificationFilter {
                status: set.status.filter(|_| is_set(0)),
                recipient: set.recipient.clone().filter(|_| is_set(1)),
                template: set.template.filter(|_| is_set(2)),
                tenant_id: set.tenant_id.filter(|_| is_set(3)),
                from: set.from.filter(|_| is_set(4)),
                to: set.to.filter(|_| is_set(5)),
            }
        })
        .collect();
    filters.extend(
        NotificationStatus::ALL.iter().map(|it| NotificationFilter { status: Some(*it), ..Default::default() }),
    );
    filters.extend(Template::ALL.iter().map(|it| NotificationFilter { template: Some(*it), ..Default::default() }));
    filters.push(NotificationFilter { recipient: Some(address("nobody@example.com")), ..Default::default() });
    filters.push(NotificationFilter { tenant_id: Some(TenantId(Uuid::nil())), ..Default::default() });
    filters.push(NotificationFilter { from: set.to, to: set.from, ..Default::default() });
    filters
}

#[tokio::test]
async fn every_filter_pages_through_exactly_its_rows_in_both_orders() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let all = fill(&fixture).await;
        for filter in filters(&all) {
            for direction in DIRECTIONS {
                let mut expected: Vec<_> = all.iter().filter(|it| matches(&filter, it)).cloned().collect();
                expected.sort_by_key(|it| (it.created_at, it.id));
                if direction == Direction::Descending {
                    expected.reverse();
                }
                let (mut seen, mut start) = (Vec::new(), Start::Offset(0));
                loop {
                    let found = fixture.notifications.list(&filter, &page(7, direction, start)).await.expect("a page");
                    assert_eq!(found.total, expected.len() as u64, "{filter:?}");
                    assert!(found.items.len() <= 7);
                    seen.extend(found.items);
                    let Some((value, id)) = found.next else { break };
                    start = Start::After(Cursor::new("test".to_owned(), value, id, seen.len() as u64));
                }
                assert_eq!(seen, expected, "{direction:?} {filter:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn pages_by_number_are_the_same_as_by_cursor_and_end_where_the_rows_end() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let mut all = fill(&fixture).await;
        all.sort_by_key(|it| (it.created_at, it.id));
        for (offset, limit) in [(0, 60), (0, 500), (13, 20), (59, 5), (60, 5), (1_000, 5)] {
            let asked = page(limit, Direction::Ascending, Start::Offset(offset));
            let found = fixture.notifications.list(&NotificationFilter::default(), &asked).await.expect("a page");
            let (from, limit) =
                (usize::try_from(offset).expect("small").min(60), usize::try_from(limit).expect("small"));
            let to = (from + limit).min(60);
            assert_eq!((found.items.as_slice(), found.total), (&all[from..to], 60));
            assert_eq!(found.next.map(|it| it.1), (to < 60).then(|| all[to - 1].id.uuid()));
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_is_not_disturbed_by_what_is_queued_meanwhile() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let all = fill(&fixture).await;
        let filter = NotificationFilter::default();
        let first = page(20, Direction::Descending, Start::Offset(0));
        let first = fixture.notifications.list(&filter, &first).await.expect("a page");
        fixture.clock.advance(TimeDelta::seconds(1));
        fixture.one(Template::Invoice).await;
        let (value, id) = first.next.expect("more");
        let after = Start::After(Cursor::new("test".to_owned(), value, id, 20));
        let second =
            fixture.notifications.list(&filter, &page(20, Direction::Descending, after)).await.expect("a page");
        assert_eq!(second.total, 61);
        let mut expected: Vec<_> = all.iter().map(|it| (it.created_at, it.id)).collect();
        expected.sort_unstable();
        let seen: Vec<_> = second.items.iter().rev().map(|it| (it.created_at, it.id)).collect();
        assert_eq!(seen, expected[20..40]);
    })
    .await;
}

#[tokio::test]
async fn a_message_is_found_by_its_id_and_holds_no_secret() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let id = fixture.one(Template::PasswordReset).await;
        let it = fixture.notifications.get(id).await.expect("there");
        assert_eq!((it.id, it.created_at, it.version), (id, fixture.clock.now(), 1));
        assert_eq!((it.template, it.recipient), (Template::PasswordReset, address("jo@example.com")));
        assert!(it.variables.get("token").is_none(), "{}", it.variables);
        let plain = format!("notification_log WHERE secret LIKE '%{}%'", fixture::SECRET);
        assert_eq!(fixture.count(&plain).await, 0);
        assert_eq!(fixture.count("notification_log WHERE secret LIKE 'v1.k1.%'").await, 1);
        let nobodys = fixture.notifications.get(Uuid::from_u128(1).into()).await;
        assert!(matches!(nobodys, Err(EmailError::NotificationNotFound)), "{nobodys:?}");
    })
    .await;
}
