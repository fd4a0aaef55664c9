package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/money"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/order"
)

type zoneOutput struct{ Body order.Zone }

func (a *api) registerDelivery() {
	zone := func(id, method, path, summary string) route {
		return route{id: id, method: method, path: "/delivery/zones" + path, tag: "delivery", needs: identity.ProductWrite, summary: summary}
	}
	list := zone("list-zones", http.MethodGet, "", "The ways in which goods reach customers, in their order.")
	list.needs = identity.ProductRead
	handle(a, list, a.listZones)
	create := zone("create-zone", http.MethodPost, "", "A new way: pickup, a range of CEPs, neighbourhoods, or everywhere.")
	create.status = http.StatusCreated
	handle(a, create, func(ctx context.Context, in *createZoneInput) (*zoneOutput, error) {
		return a.saveZone(ctx, "", in.Body)
	})
	handle(a, zone("change-zone", http.MethodPut, "/{zone}", "Change one; orders keep what they chose."),
		func(ctx context.Context, in *changeZoneInput) (*zoneOutput, error) {
			return a.saveZone(ctx, in.Zone, in.Body)
		})
	remove := zone("delete-zone", http.MethodDelete, "/{zone}", "Remove one.")
	remove.status = http.StatusNoContent
	handle(a, remove, a.deleteZone)
	handle(a, route{
		id: "quote-delivery", method: http.MethodGet, path: "/delivery/quotes", tag: "delivery", needs: identity.OrderRead,
		summary: "The ways in which something of a subtotal could go to a place, with their prices.",
	}, a.quoteDelivery)
}

func (a *api) listZones(ctx context.Context, _ *struct{}) (*all[order.Zone], error) {
	return whole(a.deps.Orders.Zones(ctx, caller(ctx).TenantID()))
}

type zoneBody struct {
	Kind           order.ZoneKind `json:"kind" enum:"pickup,cep,neighbourhood,flat"`
	Name           string         `json:"name" minLength:"1" maxLength:"400"`
	CEPFrom        string         `json:"cep_from,omitempty" maxLength:"20"`
	CEPTo          string         `json:"cep_to,omitempty" maxLength:"20"`
	Neighbourhoods []string       `json:"neighbourhoods,omitempty" maxItems:"500"`
	Price          money.Amount   `json:"price,omitempty" minimum:"0"`
	FreeAbove      money.Amount   `json:"free_above,omitempty" minimum:"0"`
	MinOrder       money.Amount   `json:"min_order,omitempty" minimum:"0"`
	Promise        string         `json:"promise,omitempty" maxLength:"400"`
	Position       int64          `json:"position,omitempty"`
	Active         bool           `json:"active"`
}

type createZoneInput struct{ Body zoneBody }

type changeZoneInput struct {
	Zone string `path:"zone" maxLength:"64"`
	Body zoneBody
}

func (a *api) saveZone(ctx context.Context, id string, b zoneBody) (*zoneOutput, error) {
	who := caller(ctx)
	saved, err := a.deps.Orders.SaveZone(ctx, order.Zone{
		TenantID: who.TenantID(), ID: id, Kind: b.Kind, Name: b.Name, CEPFrom: b.CEPFrom, CEPTo: b.CEPTo, Neighbourhoods: b.Neighbourhoods, Price: b.Price,
		FreeAbove: b.FreeAbove, MinOrder: b.MinOrder, Promise: b.Promise, Position: b.Position, Active: b.Active,
	}, who.Actor())
	return &zoneOutput{saved}, err
}

type zonePathInput struct {
	Zone string `path:"zone" maxLength:"64"`
}

func (a *api) deleteZone(ctx context.Context, in *zonePathInput) (*struct{}, error) {
	who := caller(ctx)
	return nil, a.deps.Orders.DeleteZone(ctx, who.TenantID(), in.Zone, who.Actor())
}

type quoteInput struct {
	CEP           string `query:"cep" maxLength:"20"`
	Neighbourhood string `query:"neighbourhood" maxLength:"200"`
	Address       string `query:"address" maxLength:"1000"`
	Subtotal      int64  `query:"subtotal" minimum:"0" maximum:"10000000000000" doc:"In minor units."`
}

func (a *api) quoteDelivery(ctx context.Context, in *quoteInput) (*all[order.Quote], error) {
	return whole(a.deps.Orders.Quotes(ctx, caller(ctx).TenantID(),
		order.Delivery{CEP: in.CEP, Neighbourhood: in.Neighbourhood, Address: in.Address}, money.Amount(in.Subtotal)))
}
