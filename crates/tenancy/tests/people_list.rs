//! The list of a workshop's people, on both databases.

mod fixture;

use chrono::TimeDelta;
use fixture::{ANY, Fixture, page, staff};
use kernel::{
    TenantId, TenantRole,
    page::{Cursor, Direction, Start},
};
use tenancy::{
    TenancyError,
    domain::{Access, NewPerson, NewPersonInput, PersonFilter, PersonPatch, PersonPatchInput, PersonSort, Plan},
};
use test_support::on_each_database;
use uuid::Uuid;

async fn add(fixture: &Fixture, tenant: TenantId, name: (&str, &str), email: &str, role: &str) {
    let new = NewPerson::parse(&NewPersonInput {
        first_name: name.0.to_owned(),
        last_name: name.1.to_owned(),
        email: email.to_owned(),
        role: Some(role.to_owned()),
    })
    .expect("a right input");
    fixture.people.add(&staff(), tenant, new, Access::Password).await.expect("adds");
}

async fn found(fixture: &Fixture, tenant: TenantId, filter: &PersonFilter) -> Vec<String> {
    let whole = page(500, PersonSort::Email, Direction::Ascending, Start::Offset(0));
    let found = fixture.people.list(tenant, filter, &whole).await.expect("a page");
    assert_eq!(found.total, found.items.len() as u64, "{filter:?}");
    found.items.iter().map(|person| person.email.local_part().to_owned()).collect()
}

#[tokio::test]
async fn pages_show_every_person_once_in_every_order() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let [one, two] = [
            fixture.open("one", Plan::Enterprise).await.tenant.id,
            fixture.open("two", Plan::Enterprise).await.tenant.id,
        ];
        for number in 0..17_usize {
            let role = TenantRole::ALL[number % 4].as_str();
            let last_name = ["lee", "Lee", "Ørsted", "O'Neil", "LEE"][number % 5];
            let email = format!("p{}@shop.test", (number * 7) % 17);
            add(&fixture, one, ("Sam", last_name), &email, role).await;
            add(&fixture, two, ("Sam", last_name), &email, role).await;
            // Whole seconds, then milliseconds, then microseconds, with ties between.
            let step =
                [TimeDelta::zero(), TimeDelta::seconds(1), TimeDelta::milliseconds(1), TimeDelta::microseconds(1)];
            fixture.clock.advance(step[number % 4]);
        }
        for (name, sort) in PersonSort::ALL {
            let mut orders = Vec::new();
            for direction in [Direction::Ascending, Direction::Descending] {
                let (mut seen, mut start) = (Vec::new(), Start::Offset(0));
                loop {
                    let request = page(4, *sort, direction, start);
                    let found = fixture.people.list(one, &PersonFilter::default(), &request).await.expect("a page");
                    assert_eq!(found.total, 17, "{name}");
                    assert!(found.items.iter().all(|person| person.tenant_id == one), "{name}");
                    seen.extend(found.items.iter().map(|person| person.id));
                    let Some((value, id)) = found.next else { break };
                    start = Start::After(Cursor::new("test".to_owned(), value, id, seen.len() as u64));
                }
                let whole = page(500, *sort, direction, Start::Offset(0));
                let whole = fixture.people.list(one, &PersonFilter::default(), &whole).await.expect("a page");
                assert_eq!(seen, whole.items.iter().map(|person| person.id).collect::<Vec<_>>(), "{name}");
                assert_eq!(seen.len(), 17, "{name}");
                orders.push(seen);
            }
            let backwards: Vec<_> = orders[1].iter().rev().copied().collect();
            assert_eq!(orders[0], backwards, "{name}");
        }
        let late = page(4, PersonSort::Email, Direction::Ascending, Start::Offset(40));
        let late = fixture.people.list(one, &PersonFilter::default(), &late).await.expect("a page");
        assert_eq!((late.total, late.items.len()), (17, 0));
    })
    .await;
}

#[tokio::test]
async fn filters_find_what_they_say() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let id = fixture.open("garage", Plan::Enterprise).await.tenant.id;
        add(&fixture, id, ("Ann", "Under_Score"), "a.100@shop.test", "OWNER").await;
        add(&fixture, id, ("Bob", "Undersscore"), "b%x@shop.test", "USER").await;
        add(&fixture, id, ("Çelik", "Ørsted"), "c@shop.test", "USER").await;
        add(&fixture, id, ("Dee", "Back\\slash"), "d@shop.test", "VIEWER").await;
        let (who, dee) = (staff(), PersonFilter { role: Some(TenantRole::Viewer), ..PersonFilter::default() });
        let whole = page(9, PersonSort::Email, Direction::Ascending, Start::Offset(0));
        let person = fixture.people.list(id, &dee, &whole).await.expect("a page").items.remove(0);
        let away = PersonPatchInput { is_active: Some(Some(false)), ..PersonPatchInput::default() };
        let away = PersonPatch::parse(away).expect("a right input");
        fixture.people.update(&who, id, person.id, &ANY, away).await.expect("deactivates");

        let role = |role| PersonFilter { role: Some(role), ..PersonFilter::default() };
        let active = |is_active| PersonFilter { is_active: Some(is_active), ..PersonFilter::default() };
        assert_eq!(found(&fixture, id, &PersonFilter::default()).await, ["a.100", "b%x", "c", "d"]);
        assert_eq!(found(&fixture, id, &role(TenantRole::User)).await, ["b%x", "c"]);
        assert_eq!(found(&fixture, id, &active(true)).await, ["a.100", "b%x", "c"]);
        assert_eq!(found(&fixture, id, &active(false)).await, ["d"]);
        assert_eq!(found(&fixture, id, &PersonFilter { is_active: Some(true), ..dee }).await, [""; 0]);
        let text = |text: &str| PersonFilter { search: Some(text.to_owned()), ..PersonFilter::default() };
        for (searched, expected) in [
            ("ANN under", &["a.100"][..]),
            ("r_s", &["a.100"]),
            ("%", &["b%x"]),
            ("1%0", &[]),
            ("\\", &["d"]),
            ("k\\S", &["d"]),
            ("SHOP.test", &["a.100", "b%x", "c", "d"]),
            // A text finds itself, whatever letters are in it.
            ("Ørsted", &["c"]),
            ("Çelik Ø", &["c"]),
            ("ØRSTED'", &[]),
        ] {
            assert_eq!(found(&fixture, id, &text(searched)).await, expected, "{searched}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_needs_a_workshop_and_a_cursor_of_its_own() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let id = fixture.open("garage", Plan::Enterprise).await.tenant.id;
        let list = async |tenant, field, start| {
            let request = page(5, field, Direction::Ascending, start);
            fixture.people.list(tenant, &PersonFilter::default(), &request).await
        };
        let empty = list(id, PersonSort::Email, Start::Offset(0)).await.expect("a page");
        assert_eq!((empty.total, empty.items.len(), empty.next), (0, 0, None));
        let nobody = list(TenantId(Uuid::from_u128(7)), PersonSort::Email, Start::Offset(0)).await;
        assert!(matches!(nobody, Err(TenancyError::TenantNotFound)), "{nobody:?}");
    })
    .await;
}
