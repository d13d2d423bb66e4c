//! How workshops are read: with contact and number of people, alone or as a page of the list.

use kernel::{
    StoreError, TenantUserId,
    fold::search_pattern,
    input::Word as _,
    page::{Key, Page, PageRequest},
};
use platform::store::keyset;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, QueryTrait,
    RelationTrait, Select,
    sea_query::{Alias, Condition, Expr, ExprTrait, LikeExpr, Query, SelectStatement, SubQueryStatement},
};
use uuid::Uuid;

use super::{
    entity::{tenant_counts, tenant_users, tenants},
    rows,
};
use crate::domain::{PrimaryContact, Tenant, TenantFilter, TenantSort, TenantSummary};

#[derive(FromQueryResult)]
struct SummaryRow {
    #[sea_orm(nested)]
    tenant: tenants::Model,
    contact_id: Option<Uuid>,
    contact_first_name: Option<String>,
    contact_last_name: Option<String>,
    contact_email: Option<String>,
    contact_role: Option<String>,
    user_count: i64,
}

#[derive(FromQueryResult)]
struct ListRow {
    #[sea_orm(nested)]
    summary: SummaryRow,
    total: i64,
}

/// The first workshop that the condition picks.
pub(super) async fn find(
    connection: &impl ConnectionTrait,
    condition: Expr,
) -> Result<Option<TenantSummary>, StoreError> {
    let row = summaries().filter(condition).into_model::<SummaryRow>().one(connection).await?;
    row.map(summary).transpose()
}

/// A page of the list and its total, in one statement: both tell of the same moment.
pub(super) async fn list(
    connection: &impl ConnectionTrait,
    filter: &TenantFilter,
    request: &PageRequest<TenantSort>,
) -> Result<Page<TenantSummary>, StoreError> {
    let sort = request.sort.field;
    let select = summaries().column_as(subquery(total_of(filter)), "total").filter(matching(filter));
    let select = keyset::page(select, request, column(sort), tenants::Column::Id);
    let rows = select.into_model::<ListRow>().all(connection).await?;
    let total = match rows.first() {
        Some(row) => row.total,
        None => count(connection, filter).await?,
    };
    let items = rows.into_iter().map(|row| summary(row.summary)).collect::<Result<Vec<_>, _>>()?;
    let key = |item: &TenantSummary| (sort_key(sort, &item.tenant), item.tenant.id.uuid());
    Ok(Page::from_overfetch(items, request.limit, u64::try_from(total).unwrap_or_default(), key))
}

fn summaries() -> Select<tenants::Entity> {
    let contact = |column: tenant_users::Column| Expr::col((Alias::new("contact"), column));
    let people = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from(tenant_users::Entity)
        .and_where(tenant_users::Column::TenantId.into_expr().equals((tenants::Entity, tenants::Column::Id)))
        .to_owned();
    tenants::Entity::find()
        .join_as(JoinType::LeftJoin, tenants::Relation::PrimaryContact.def(), Alias::new("contact"))
        .expr_as(contact(tenant_users::Column::Id), "contact_id")
        .expr_as(contact(tenant_users::Column::FirstName), "contact_first_name")
        .expr_as(contact(tenant_users::Column::LastName), "contact_last_name")
        .expr_as(contact(tenant_users::Column::Email), "contact_email")
        .expr_as(contact(tenant_users::Column::Role), "contact_role")
        .expr_as(subquery(people), "user_count")
}

fn subquery(select: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(select)))
}

/// The filter's conditions on the workshops themselves.
fn matching(filter: &TenantFilter) -> Condition {
    let like = |column: tenants::Column, pattern: &str| {
        Expr::col((tenants::Entity, column)).like(LikeExpr::new(pattern).escape('\\'))
    };
    Condition::all()
        .add_option((!filter.include_deleted).then(|| tenants::Column::DeletedAt.is_null()))
        .add_option(filter.status.map(|status| tenants::Column::Status.eq(status.as_str())))
        .add_option(filter.plan.map(|plan| tenants::Column::Plan.eq(plan.as_str())))
        .add_option(filter.search.as_deref().map(search_pattern).map(|pattern| {
            let in_name = like(tenants::Column::NameFolded, &pattern);
            Condition::any().add(in_name).add(like(tenants::Column::Subdomain, &pattern))
        }))
}

/// Without a search the kept totals are summed up, at most a few hundred short rows. What a search matches
/// is counted.
fn total_of(filter: &TenantFilter) -> SelectStatement {
    if filter.search.is_some() {
        return tenants::Entity::find()
            .select_only()
            .expr(Expr::cust("COUNT(*)"))
            .filter(matching(filter))
            .into_query();
    }
    let condition = Condition::all()
        .add_option((!filter.include_deleted).then(|| tenant_counts::Column::Deleted.eq(false)))
        .add_option(filter.status.map(|status| tenant_counts::Column::Status.eq(status.as_str())))
        .add_option(filter.plan.map(|plan| tenant_counts::Column::Plan.eq(plan.as_str())));
    tenant_counts::Entity::find()
        .select_only()
        .expr(Expr::cust("CAST(COALESCE(SUM(\"tenant_counts\".\"count\"), 0) AS BIGINT)"))
        .filter(condition)
        .into_query()
}

/// The total of an empty page, which has no row to carry it.
async fn count(connection: &impl ConnectionTrait, filter: &TenantFilter) -> Result<i64, StoreError> {
    let statement = Query::select().expr_as(subquery(total_of(filter)), "total").to_owned();
    let row = connection.query_one(&statement).await?;
    Ok(row.map(|row| row.try_get("", "total")).transpose()?.unwrap_or_default())
}

fn column(sort: TenantSort) -> tenants::Column {
    match sort {
        TenantSort::CreatedAt => tenants::Column::CreatedAt,
        TenantSort::Name => tenants::Column::NameFolded,
        TenantSort::Subdomain => tenants::Column::Subdomain,
        TenantSort::Status => tenants::Column::Status,
        TenantSort::Plan => tenants::Column::Plan,
    }
}

fn sort_key(sort: TenantSort, tenant: &Tenant) -> Key {
    match sort {
        TenantSort::CreatedAt => Key::Time(tenant.created_at),
        TenantSort::Name => Key::Text(tenant.name.folded()),
        TenantSort::Subdomain => Key::Text(tenant.subdomain.as_str().to_owned()),
        TenantSort::Status => Key::Text(tenant.status.as_str().to_owned()),
        TenantSort::Plan => Key::Text(tenant.plan.as_str().to_owned()),
    }
}

fn summary(row: SummaryRow) -> Result<TenantSummary, StoreError> {
    let primary_contact = match (row.contact_id, row.contact_role) {
        (Some(id), Some(role)) => Some(PrimaryContact {
            id: TenantUserId(id),
            first_name: row.contact_first_name.unwrap_or_default(),
            last_name: row.contact_last_name.unwrap_or_default(),
            email: row.contact_email.unwrap_or_default(),
            role: rows::word("tenant_users.role", &role)?,
        }),
        _ => None,
    };
    let user_count = u64::try_from(row.user_count).unwrap_or_default();
    Ok(TenantSummary { tenant: rows::tenant(row.tenant)?, primary_contact, user_count })
}
